#include "equations/task_equations.h"

#include <set>

#include "equations/equations.h"
#include "equations/function_writer.h"
#include "ir/limit/task_functions.h"

namespace tpc::equations {
namespace {

namespace limit = ir::limit;
using math::Equation;
using math::Math;
using math::Section;

/// Dimensions that come with the data are i, the tasks, and by their own name the tasks once more.
Notation letters(const limit::Module& module) {
  Notation notation;
  bool first = true;
  for (size_t i = 0; i < module.dims.size(); ++i) {
    const ir::Dimension& dim = module.dims[i];
    if (dim.size || dim.twin_of.valid()) continue;
    if (!first) notation.letters[ir::DimId(i)] = dim.name;
    first = false;
  }
  return notation;
}

void append_equations(const limit::Module& module, const limit::Function& function, Section& section,
                      std::set<std::string>& printed) {
  for (Equation& equation : FunctionWriter(module, function, letters(module)).equations()) {
    const std::string text = math::render_text(equation.left) + " = " + math::render_text(equation.right);
    if (printed.insert(text).second) section.equations.push_back(std::move(equation));
  }
}

/// f_{t+1,ξ,k} = f_{t,ξ,k} + sum over the points of a batch of K(ξ, point) c_k; every result of `change` is c at the
/// points that it is named after.
Equation movement(const limit::Module& module, const limit::Function& change) {
  const FunctionWriter writer(module, change);
  const auto f = [&](const std::string& time) {
    std::vector<std::string> indices{time, "ξ"};
    const std::vector<ir::DimId>& dims = change.type(change.results.front().value).dims;
    const std::string outputs = index_letter(module, dims.back());
    if (dims.size() > 1) indices.push_back(outputs);
    return math::symbol("", "f", indices);
  };
  std::vector<Math> terms{f("t")};
  for (const ir::Result& result : change.results) {
    const std::vector<ir::DimId>& dims = change.type(result.value).dims;
    std::string point = result.name + "_{";
    std::vector<std::string> range;
    for (size_t i = 0; i + 1 < dims.size(); ++i) range.push_back(index_letter(module, dims[i]));
    for (size_t i = 0; i < range.size(); ++i) point += (i > 0 ? "," : "") + range[i];
    Math term = math::product({math::symbol("", "K", {"ξ", point + "}"}), writer.symbol(result.value, "t", false)});
    for (size_t i = range.size(); i-- > 0;) term = math::sum(range[i], std::move(term));
    terms.push_back(std::move(term));
  }
  return {f("t+1"), math::plus(std::move(terms)), {}};
}

}  // namespace

bool trains_on_tasks(const limit::Module& module) {
  return module.find(ir::FunctionKey(limit::change_function)) != nullptr;
}

std::vector<Section> write_task_equations(const limit::Module& module) {
  std::vector<Section> sections;
  std::set<std::string> printed;
  const std::string values =
      "f^{x} is f_{t} at the points x of the task i, K^{x, y} the kernel between points x and y of it.";
  for (const limit::Function& function : module.functions) {
    const bool predict = function.key == ir::FunctionRole::predict;
    if (!predict && function.key.role != ir::FunctionRole::observe) continue;
    Section& section = sections.emplace_back(Section{
        predict ? "Outputs at step t, for a task i" : "Observation " + function.name(), predict ? values : "", {}});
    append_equations(module, function, section, printed);
  }
  Section training{"Training step t -> t+1, for the tasks i of the batch and every input ξ", {}, {}};
  const bool process = module.find(ir::FunctionRole::kernel)->result(ir::result_name::nngp).valid();
  training.equations.push_back(
      {math::symbol("", "f", {"0", "ξ"}),
       process ? math::words("Gaussian process with mean 0 and covariance Σ") : math::number(0),
       {}});
  const limit::Function& change = *module.find(ir::FunctionKey(limit::change_function));
  append_equations(module, change, training, printed);
  append_equations(module, *module.find(ir::FunctionRole::step), training, printed);
  training.equations.push_back(movement(module, change));
  sections.push_back(std::move(training));
  return sections;
}

}  // namespace tpc::equations
