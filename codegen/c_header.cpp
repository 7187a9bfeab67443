// The C header of a compiled model (cli.md "Embedding").
#include <fmt/format.h>
#include <algorithm>
#include <cctype>

#include "codegen/c_names.h"
#include "codegen/codegen.h"
#include "codegen/model_interface.h"
#include "ir/limit/random.h"

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

/// How one function's sizes are called: its parameters, and by them the shapes of fields and results.
class SizeNames {
 public:
  /// `single`: the parameter of a program with one extent; `names`: of all extents.
  SizeNames(const ir::limit::Module& module, const ir::limit::Function& function, std::string single,
            std::vector<std::string> names)
      : arguments_(size_arguments(module, function)), single_(std::move(single)), names_(std::move(names)) {
    for (ir::DimId dim : extents_of(module)) dimensions_.push_back(module.dim(dim).name);
  }
  /// "size_t batch, ", or one for each extent.
  [[nodiscard]] std::string parameters() const {
    std::string text = arguments_.one ? fmt::format("size_t {}, ", single_) : "";
    for (size_t extent : arguments_.extents) text += fmt::format("size_t {}, ", names_[extent]);
    return text;
  }
  [[nodiscard]] std::string documentation() const {
    if (arguments_.one) return fmt::format(" *   {}: the number of examples.\n", single_);
    std::string text;
    for (size_t extent : arguments_.extents) {
      text += fmt::format(" *   {}: the size of the dimension {}.\n", names_[extent], in_comment(dimensions_[extent]));
    }
    return text;
  }
  /// "batch", "S, Q": what stands first in a shape.
  [[nodiscard]] std::string shape(const std::vector<size_t>& extents) const {
    std::string text;
    for (size_t extent : extents) text += (text.empty() ? "" : ", ") + (arguments_.one ? single_ : names_[extent]);
    return text;
  }

 private:
  SizeArguments arguments_;
  std::string single_;
  std::vector<std::string> names_, dimensions_;
};

std::string field_documentation(const std::vector<Field>& fields, const std::vector<std::string>& names,
                                const std::vector<size_t>& read, const SizeNames& sizes) {
  std::string text;
  for (size_t index : read) {
    const Field& field = fields[index];
    const std::string shape = sizes.shape(field.extents);
    text += field.size == 1
                ? fmt::format(" *   {}: [{}] values of the field {}, one an example (a number or a class index).\n",
                              names[index], shape, in_comment(field.name))
                : fmt::format(" *   {}: [{}{}{}] values of the field {}, row-major.\n", names[index], shape,
                              shape.empty() ? "" : ", ", field.size, in_comment(field.name));
  }
  return text;
}

/// The shape of the outputs, "count, 10".
std::string output_shape(const ir::limit::Module& module, const ir::limit::Function& predict, const SizeNames& sizes) {
  if (predict.results.empty()) return "0";
  const ResultShape shape = result_shape(module, predict, predict.results.front());
  const std::string extents = sizes.shape(shape.extents);
  return extents + (extents.empty() ? "" : ", ") + std::to_string(shape.size);
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

/** Draws the initial state; options may be NULL (the defaults of tp_default_options). NULL on failure.{same_bits} */
{prefix}_state *{prefix}_create(const tp_options *options);
)";

constexpr auto same_bits = R"(
 *
 * `tpc run` evaluates the same limit at other sample points: it picks method, samples and replicas by the program and
 * the work, and turns the base variables of the weights that meet the data to the data's principal components, which
 * are not known here (tp_options.rotations takes them). On the same processor the same numbers bit by bit, whatever
 * the number of threads, come from
 *   tpc run FILE --method qmc --rotation none --samples M --replicas R --seed S{precision}
 * and from options with samples = M, replicas = R and seed = S, here 16384, 12 and 1 by default; the tolerance (--tol)
 * is given to both or to neither. That is the loss of the same batches in the same order, and the outputs where the
 * examples of all data sets of the run are asked for in one call and fit into one block of both (64; with more than
 * 16384 samples 2^20 / M, from 16 on): what is new in them is drawn block by block. An affine network, which `tpc run`
 * evaluates exactly, takes TP_METHOD_EXACT and the samples that it reports.)";

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
{fields}{sizes} *   loss: mean training loss of this batch before the step, averaged over replicas; may be NULL.
 * On failure the state is as before.
 */
int {prefix}_step({prefix}_state *state, {parameters}double *loss);
)";

constexpr auto predict_declaration = R"(
/**
 * The network's outputs{where}.
{fields}{sizes} *   f: [{outputs}] outputs, mean over replicas.
 *   f_stderr: [{outputs}] standard errors over replicas; may be NULL; nan with one replica.
 */
int {prefix}_predict(const {prefix}_state *state, {parameters}double *f, double *f_stderr);
)";

constexpr auto observation_declaration = R"(
/**
 * {title}{where}.
{fields}{sizes} *   value: [{outputs}] numbers, mean over replicas.
 *   value_stderr: [{outputs}] standard errors over replicas; may be NULL; nan with one replica.
 */
int {prefix}_{name}(const {prefix}_state *state, {parameters}double *value, double *value_stderr);
)";

constexpr auto learning_rate_declaration = R"(
/** The learning rate of the next step. */
int {prefix}_learning_rate(const {prefix}_state *state, double *rate);

/**
 * Makes it `rate`, finite and not negative. A constant one stays so; a schedule goes on in proportion, and one that has
 * come to 0 cannot be set (TP_INVALID_ARGUMENT). Parameters with a factor of their own keep it. Part of what is saved.
 */
int {prefix}_set_learning_rate({prefix}_state *state, double rate);
)";

constexpr auto kernel_declaration = R"(
/**
 * {what} for all pairs of `rows` points and `columns` other points, at initialisation.
{fields} *   rows, columns: the numbers of points; columns = 0: the other points are the points themselves (pass NULL),
 *     [rows, columns] is then [rows, rows] and symmetric.
{results} * Uses all cores.
 */
int {prefix}_{name}({parameters});
)";

/// A function of pairs of points; `what` it is, for its comment.
std::string pairs_text(const ir::limit::Module& module, const ir::limit::Function& kernel, const std::string& prefix,
                       const std::string& what) {
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
  return fmt::format(kernel_declaration, fmt::arg("prefix", prefix), fmt::arg("name", kernel.name()),
                     fmt::arg("what", what), fmt::arg("fields", documentation), fmt::arg("results", results),
                     fmt::arg("parameters", parameters));
}

/// How to get what `tpc run` prints, of a model that it trains at sample points.
std::string same_bits_text(const ir::limit::Module& module, tp_precision precision) {
  const auto* step = module.find(ir::FunctionRole::step);
  if (step == nullptr || !ir::limit::has_random_variables(*step)) return {};
  return fmt::format(same_bits, fmt::arg("precision", precision == TP_F32 ? " --precision f32" : ""));
}

/// The functions of a program over batches: what they read, by which names.
class BatchFunctions {
 public:
  BatchFunctions(const ir::limit::Module& module, const CodegenOptions& options)
      : module_(module), options_(options), prefix_(symbol_prefix(module, options)), fields_(fields_of(module)) {
    std::vector<Field> parameters = fields_;
    for (ir::DimId extent : extents_of(module)) parameters.push_back({module.dim(extent).name, 1, {}, {}});
    names_ = parameter_names(parameters);
    extent_names_.assign(names_.begin() + static_cast<std::ptrdiff_t>(fields_.size()), names_.end());
  }

  /// `single`: what the size is called where there is one.
  [[nodiscard]] std::string text(const char* declaration, const ir::limit::Function& function,
                                 const char* single) const {
    const auto read = fields_read_by(module_, function);
    const SizeNames sizes(module_, function, single, extent_names_);
    return fmt::format(
        fmt::runtime(declaration), fmt::arg("prefix", prefix_), fmt::arg("name", function.name()),
        fmt::arg("title", title(function)),
        fmt::arg("where", size_arguments(module_, function).one ? fmt::format(" on `{}` examples", single) : ""),
        fmt::arg("fields", field_documentation(fields_, names_, read, sizes)), fmt::arg("sizes", sizes.documentation()),
        fmt::arg("outputs", output_shape(module_, function, sizes)),
        fmt::arg("parameters", field_parameters(names_, read) + sizes.parameters()));
  }
  [[nodiscard]] std::string observation(const ir::limit::Function& function) const {
    return is_of_pairs(module_, function) ? pairs_text(module_, function, prefix_, title(function))
                                          : text(observation_declaration, function, "count");
  }

 private:
  [[nodiscard]] std::string title(const ir::limit::Function& function) const {
    const auto found = options_.titles.find(function.key.index);
    return "Observed: " + (found == options_.titles.end() ? function.name() : in_comment(found->second));
  }

  const ir::limit::Module& module_;
  const CodegenOptions& options_;
  std::string prefix_;
  std::vector<Field> fields_;
  std::vector<std::string> names_, extent_names_;
};

}  // namespace

std::string c_header(const ir::limit::Module& module, const CodegenOptions& options) {
  const std::string prefix = symbol_prefix(module, options);
  std::string guard = "TPC_MODEL_" + prefix + "_H";
  std::ranges::transform(guard, guard.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string text =
      fmt::format(beginning, fmt::arg("model", in_comment(module.name)), fmt::arg("guard", guard),
                  fmt::arg("prefix", prefix), fmt::arg("same_bits", same_bits_text(module, options.precision)));
  const BatchFunctions functions(module, options);
  if (const auto* step = module.find(ir::FunctionRole::step)) {
    text += functions.text(step_declaration, *step, "batch");
  }
  if (module.find(ir::FunctionRole::set_rate) != nullptr) {
    text += fmt::format(learning_rate_declaration, fmt::arg("prefix", prefix));
  }
  if (const auto* predict = module.find(ir::FunctionRole::predict)) {
    text += functions.text(predict_declaration, *predict, "count");
  }
  for (const auto& function : module.functions) {
    if (function.key.role == ir::FunctionRole::observe) text += functions.observation(function);
  }
  if (const auto* kernel = module.find(ir::FunctionRole::kernel)) {
    text += pairs_text(module, *kernel, prefix, "The network's kernel");
  }
  return text + fmt::format(ending, fmt::arg("prefix", prefix));
}

}  // namespace tpc::codegen
