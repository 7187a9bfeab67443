// The C header of a compiled model (cli.md "Embedding").
#include <fmt/format.h>
#include <algorithm>
#include <cctype>

#include "codegen/c_names.h"
#include "codegen/codegen.h"
#include "codegen/model_interface.h"

namespace tpc::codegen {

namespace {

/// A name inside a comment: never closes it.
std::string in_comment(std::string text) {
  for (size_t at = text.find("*/"); at != std::string::npos; at = text.find("*/")) text.replace(at, 2, "* /");
  return text;
}

/// "const double *x, const double *y" of the fields a function reads.
std::string field_parameters(const std::vector<std::string>& names, const std::vector<size_t>& read) {
  std::string text;
  for (size_t index : read) text += fmt::format("const double *{}, ", names[index]);
  return text;
}

std::string field_documentation(const std::vector<Field>& fields, const std::vector<std::string>& names,
                                const std::vector<size_t>& read, const char* count) {
  std::string text;
  for (size_t index : read) {
    const Field& field = fields[index];
    text += field.size == 1
                ? fmt::format(" *   {}: [{}] values of the field {}, one an example (a number or a class index).\n",
                              names[index], count, in_comment(field.name))
                : fmt::format(" *   {}: [{}, {}] values of the field {}, row-major.\n", names[index], count, field.size,
                              in_comment(field.name));
  }
  return text;
}

uint64_t output_size(const ir::limit::Module& module, const ir::limit::Function& predict) {
  return predict.results.empty() ? 0 : result_shape(module, predict, predict.results.front()).size;
}

constexpr auto beginning = R"(/**
 * The infinite-width limit of the model '{model}', compiled by tpc. Usable from C and C++; link against the tpc runtime.
 *
 * Arrays are row-major doubles in the units of the model's data. Functions that return int give a tp_status
 * (0 = TP_OK); tp_last_error() then says what went wrong. Different states may be used from different threads at
 * the same time, one state by one thread at a time.
 */
#ifndef {guard}
#define {guard}

#include <stddef.h>

#include "tpc/runtime.h"

#ifdef __cplusplus
extern "C" {{
#endif

/** A network in training: independent replicas of the limit. tp_* functions of tpc/runtime.h take it too. */
typedef tp_state {prefix}_state;

/** What the runtime knows about the model; for tp_call and the like. */
extern const tp_model_descriptor {prefix}_model;

/** Draws the initial state; options may be NULL (the defaults of tp_default_options). NULL on failure. */
{prefix}_state *{prefix}_create(const tp_options *options);
)";

constexpr auto ending = R"(
/** Writes the whole state; {prefix}_load continues from it bit by bit. */
int {prefix}_save(const {prefix}_state *state, const char *path);

/** Reads a state written by {prefix}_save of this model. NULL on failure. */
{prefix}_state *{prefix}_load(const char *path);

/** Frees the state; NULL is allowed. */
void {prefix}_destroy({prefix}_state *state);

#ifdef __cplusplus
}}
#endif
#endif
)";

constexpr auto step_declaration = R"(
/**
 * One training step on a batch, in every replica.
{fields} *   batch: the number of examples.
 *   loss: mean training loss of this batch before the step, averaged over replicas; may be NULL.
 * On failure the state is as before.
 */
int {prefix}_step({prefix}_state *state, {parameters}size_t batch, double *loss);
)";

constexpr auto predict_declaration = R"(
/**
 * The network's outputs on `count` examples.
{fields} *   count: the number of examples.
 *   f: [count, {outputs}] outputs, mean over replicas.
 *   f_stderr: [count, {outputs}] standard errors over replicas; may be NULL; nan with one replica.
 */
int {prefix}_predict(const {prefix}_state *state, {parameters}size_t count, double *f, double *f_stderr);
)";

constexpr auto kernel_declaration = R"(
/**
 * The network's kernel for all pairs of `rows` points and `columns` other points, at initialisation.
{fields} *   rows, columns: the numbers of points; columns = 0: the other points are the points themselves (pass NULL),
 *     [rows, columns] is then [rows, rows] and symmetric.
{results} * Uses all cores.
 */
int {prefix}_kernel({parameters});
)";

std::string kernel_text(const ir::limit::Module& module, const ir::limit::Function& kernel, const std::string& prefix) {
  const PairInterface pairs = pair_interface(module, kernel);
  const auto all = fields_of(module);
  const size_t count = pairs.fields.size();
  std::string documentation, results, parameters;
  for (size_t side = 0; side < 2; ++side) {
    for (size_t i = 0; i < count; ++i) {
      const Field& field = all[pairs.fields[i]];
      const std::string& name = pairs.names[side * count + i];
      documentation += fmt::format(" *   {}: [{}, {}] values of the field {}, row-major.\n", name,
                                   side == 0 ? "rows" : "columns", field.size, in_comment(field.name));
      parameters += fmt::format("const double *{}, ", name);
    }
    parameters += side == 0 ? "size_t rows, " : "size_t columns";
  }
  for (size_t i = 0; i < kernel.results.size(); ++i) {
    const ResultShape shape = result_shape(module, kernel, kernel.results[i]);
    const std::string& name = pairs.names[2 * count + i];
    results += fmt::format(" *   {}: [rows, columns{}] {}; may be NULL.\n", name,
                           shape.size == 1 ? "" : ", " + std::to_string(shape.size), in_comment(shape.name));
    parameters += fmt::format(", double *{}", name);
  }
  return fmt::format(kernel_declaration, fmt::arg("prefix", prefix), fmt::arg("fields", documentation),
                     fmt::arg("results", results), fmt::arg("parameters", parameters));
}

}  // namespace

std::string c_header(const ir::limit::Module& module, const CodegenOptions& options) {
  const std::string prefix = symbol_prefix(module, options);
  std::string guard = "TPC_MODEL_" + prefix + "_H";
  std::ranges::transform(guard, guard.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto fields = fields_of(module);
  const auto names = parameter_names(fields);

  std::string text = fmt::format(beginning, fmt::arg("model", in_comment(module.name)), fmt::arg("guard", guard),
                                 fmt::arg("prefix", prefix));
  if (const auto* step = module.find(ir::FunctionRole::step)) {
    const auto read = fields_read_by(module, *step);
    text += fmt::format(step_declaration, fmt::arg("prefix", prefix),
                        fmt::arg("fields", field_documentation(fields, names, read, "batch")),
                        fmt::arg("parameters", field_parameters(names, read)));
  }
  if (const auto* predict = module.find(ir::FunctionRole::predict)) {
    const auto read = fields_read_by(module, *predict);
    text += fmt::format(predict_declaration, fmt::arg("prefix", prefix),
                        fmt::arg("fields", field_documentation(fields, names, read, "count")),
                        fmt::arg("outputs", output_size(module, *predict)),
                        fmt::arg("parameters", field_parameters(names, read)));
  }
  if (const auto* kernel = module.find(ir::FunctionRole::kernel)) text += kernel_text(module, *kernel, prefix);
  return text + fmt::format(ending, fmt::arg("prefix", prefix));
}

}  // namespace tpc::codegen
