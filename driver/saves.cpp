#include "driver/saves.h"

#include <algorithm>

#include "base/diag/check.h"
#include "evaluation/data/index_names.h"
#include "evaluation/vectors/save_vectors.h"

namespace tpc::driver {
namespace {

using diag::Kind;

const Vocabulary* names_of_rows(const sema::Program& program, const sema::Parameter& parameter) {
  if (parameter.shape.size() != 2 || parameter.shape.back() != program.width) return nullptr;
  const auto dim = std::ranges::find(program.dims, parameter.shape.front(), &sema::FiniteDim::name);
  const bool named = dim != program.dims.end() && dim->names != nullptr;
  return named ? &vocabulary_of(program, dim->name) : nullptr;
}

/// Why the infinitely wide network has no coordinates of the parameter. Empty: it has.
std::string obstacle_at_infinite_width(const Compilation& compilation, const sema::Parameter& parameter) {
  if (!compilation.limit) return "";
  if (features_rest(*compilation.classification)) return "in the kernel regime parameters stay as they were drawn";
  const size_t of_width = sema::width_count(*compilation.program, parameter.shape);
  if (of_width == 1) return "";
  return of_width == 0 ? "it has no row of the width, and only `tpc simulate` has its numbers"
                       : "at infinite width a matrix acts on random variables and has no entries";
}

std::string obstacle(const Compilation& compilation, const sema::Parameter& parameter, const std::string& path,
                     const Vocabulary* names) {
  if (vector_format(path) != VectorFormat::array) {
    if (names == nullptr) return "its rows have no names, which this format has; .npy takes any parameter";
    if (const std::string why = unwritable_name(*names); !why.empty()) return why;
  }
  return obstacle_at_infinite_width(compilation, parameter);
}

/// [n, rest], which is kept with the width last.
bool width_first(const sema::Program& program, const sema::Parameter& parameter) {
  return parameter.role != ir::Role::hidden && parameter.shape.size() > 1 &&
         sema::width_of(program, parameter.shape.front()) != nullptr;
}

/// Of rows that are few: coordinate i of all of them is row i of the result.
VectorRows transposed(const VectorRows& rows) {
  const int64_t size = rows.size, dimension = rows.dimension;
  const auto fetch = [values = all_rows(rows), size, dimension](int64_t first, int64_t count, double* out) {
    for (int64_t i = first; i < first + count; ++i) {
      for (int64_t j = 0; j < size; ++j) *out++ = values[static_cast<size_t>(j * dimension + i)];
    }
  };
  return {dimension, size, fetch};
}

/// The parameter's shape, with numbers of coordinates in the places of widths: those of its rows, and, of a matrix, how
/// many rows it has.
std::vector<int64_t> shape_of(const sema::Program& program, const sema::Parameter& parameter, const VectorRows& rows) {
  if (parameter.role == ir::Role::hidden) return {rows.size, rows.dimension};
  std::vector<int64_t> shape;
  for (const std::string& axis : parameter.shape) {
    const bool grows = sema::width_of(program, axis) != nullptr;
    shape.push_back(grows ? rows.dimension : sema::axis_size(program, axis));
  }
  return shape;
}

}  // namespace

std::vector<SavedParameter> plan_saves(Compilation& compilation, const std::map<std::string, std::string>& saves) {
  const sema::Program& program = *compilation.program;
  std::vector<SavedParameter> result;
  for (const auto& [name, path] : saves) {
    const auto report = [&, &name = name, &path = path](const std::string& why) {
      compilation.diagnostics.report(Kind::cannot_save, {{"name", name}, {"path", path}, {"why", why}});
    };
    const auto parameter = std::ranges::find(program.parameters, name, &sema::Parameter::name);
    if (parameter == program.parameters.end()) {
      std::vector<std::string> known;
      for (const sema::Parameter& each : program.parameters) known.push_back(each.name);
      const std::string near = diag::nearest(name, known);
      report("the program has no parameter of this name" + (near.empty() ? "" : "; did you mean `" + near + "`?"));
      continue;
    }
    const Vocabulary* names = names_of_rows(program, *parameter);
    const std::string why = obstacle(compilation, *parameter, path, names);
    if (why.empty()) result.push_back({&*parameter, path, names});
    if (!why.empty()) report(why);
  }
  return result;
}

void save(const SavedParameter& saved, const sema::Program& program, const Evaluator& network,
          diag::Engine& diagnostics) {
  const sema::Parameter& parameter = *saved.parameter;
  const auto rows = network.parameter(parameter.name, 0);
  std::string failure;
  if (!rows) {
    failure = "the limit does not depend on it";
  } else {
    const VectorRows kept = rows->width ? rows->vectors : without_zero_tail(rows->vectors);
    const bool with_names = saved.names != nullptr && unwritable_name(*saved.names).empty();
    const VectorRows written = width_first(program, parameter) ? transposed(kept) : kept;
    failure = with_names ? save_vectors(saved.path, *saved.names, written)
                         : save_array(saved.path, shape_of(program, parameter, kept), written);
  }
  if (failure.empty()) return;
  if (failure.starts_with(saved.path + ": ")) failure.erase(0, saved.path.size() + 2);
  diagnostics.report(Kind::cannot_save, {{"name", parameter.name}, {"path", saved.path}, {"why", failure}});
}

}  // namespace tpc::driver
