#include "frontend/sema/program.h"

#include <algorithm>

namespace tpc::sema {

std::string input_name(const std::string& name, const std::string& rows) {
  return rows.empty() ? name : rows + name.substr(name.find('.'));
}

namespace {

/// Calls f(AdaptedTerm&) for every step within a task.
template <class SomeProgram, class F>
void for_each_adaptation(SomeProgram& program, F&& f) {
  const auto visit = [&](auto& body) {
    for (auto& term : body.terms) {
      if (auto* adapted = std::get_if<AdaptedTerm>(&term.op)) f(*adapted);
    }
  };
  visit(program.network.body);
  if (program.train) visit(program.train->loss);
  for (auto& observation : program.observations) visit(observation.body);
}

}  // namespace

namespace {

/// Of a group's field "support.pixels" that of the table: "pixels".
std::string name_in_table(const std::string& field) { return field.substr(field.rfind('.') + 1); }

/// Class indices, and in tasks what a task's own loss compares with: the network reads it, but as a target.
bool is_target(const TrainPlan& plan, const std::string& field, bool of_tasks) {
  const bool further =
      std::ranges::any_of(plan.further_labels, [&](const auto& label) { return name_in_table(label.first) == field; });
  return further || ((plan.class_index || of_tasks) && name_in_table(plan.target_field) == field);
}

}  // namespace

bool is_standardized(const Program& program, const DataField& field) {
  if (!field.space.empty() || !field.group.empty()) return false;
  const auto input = std::ranges::find(program.inputs, field.name, name_in_table);
  if (input == program.inputs.end()) return false;
  return !program.train || !is_target(*program.train, field.name, *input != field.name);
}

bool adapts(const Program& program) {
  bool any = false;
  for_each_adaptation(program, [&](const AdaptedTerm& term) { any = any || term.rate != 0.0; });
  return any;
}

Program without_adaptation(Program program) {
  for_each_adaptation(program, [](AdaptedTerm& term) { term.rate = 0.0; });
  return program;
}

bool has_groups(const Program& program) {
  return std::ranges::any_of(program.data_sets, [](const DataSet& set) {
    return std::ranges::any_of(set.fields, [](const DataField& field) { return !field.rows.empty(); });
  });
}

Program network_of(const Program& program, const RowFunction& function) {
  Program result = program;
  result.inputs = function.parameters;
  result.network = {function.name, function.body};
  result.train.reset();
  result.observations.clear();
  result.named_vectors.clear();
  return result;
}

const Width* width_of(const Program& program, const std::string& axis) {
  const auto found = std::ranges::find(program.widths, axis, &Width::name);
  return found != program.widths.end() ? &*found : nullptr;
}

size_t width_count(const Program& program, const Shape& shape) {
  return static_cast<size_t>(
      std::ranges::count_if(shape, [&](const std::string& axis) { return width_of(program, axis) != nullptr; }));
}

int64_t axis_size(const Program& program, const std::string& axis) {
  const auto dim = std::ranges::find(program.dims, axis, &FiniteDim::name);
  return dim != program.dims.end() ? dim->size : std::stoll(axis);
}

int64_t longest_loop(const Program& program) {
  int64_t longest = 0;
  for (const Loop& loop : program.network.body.loops) longest = std::max(longest, loop.size);
  return longest;
}

}  // namespace tpc::sema
