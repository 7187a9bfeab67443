#include "evaluation/data/value_checks.h"

#include <algorithm>
#include <cmath>

#include "evaluation/data/distributions.h"
#include "evaluation/data/index_sets.h"
#include "fmt/format.h"

namespace tpc::evaluation {

using diag::Kind;

void ValueChecks::check(const sema::DataField& field, const LoadedField& values, const PlaceOfRow& place) {
  if (!field.space.empty()) check_indices(field, values, place);
  if (!diagnostics_.has_errors()) check_labels(values, place);
}

std::optional<int64_t> ValueChecks::classes_of(const std::string& field) const {
  if (!program_.train) return {};
  const sema::TrainPlan& plan = *program_.train;
  if (plan.class_index && field == plan.target_field) return program_.output_size;
  for (const auto& [name, classes] : plan.further_labels) {
    if (name == field) return classes;
  }
  return {};
}

void ValueChecks::check_indices(const sema::DataField& field, const LoadedField& values, const PlaceOfRow& place) {
  const auto size = std::ranges::find(program_.dims, field.space, &sema::FiniteDim::name)->size;
  const auto wrong = std::ranges::find_if(values.values, [&](double value) {
    return value < lowest_index(field) || value >= static_cast<double>(size) || value != std::floor(value);
  });
  if (wrong == values.values.end()) return;
  const size_t row = static_cast<size_t>(wrong - values.values.begin()) / static_cast<size_t>(field.size);
  diagnostics_.report(Kind::data_index_range, {{"set", set_.name},
                                               {"place", place(row)},
                                               {"field", field.name},
                                               {"value", fmt::format("{:g}", *wrong)},
                                               {"space", field.space},
                                               {"last", std::to_string(size - 1)},
                                               {"absent", field.dims.empty() ? "" : ", or -1 for none"}});
}

/// Targets of a loss of classes that are no class indices are probabilities.
void ValueChecks::check_labels(const LoadedField& values, const PlaceOfRow& place) {
  const std::optional<int64_t> classes = classes_of(values.name);
  const auto& train = program_.train;
  if (!classes && train && train->classifies && values.name == train->target_field) check_distributions(values, place);
  if (classes) check_classes(values.name, values.values, *classes, place);
}

void ValueChecks::check_classes(const std::string& field, const std::vector<double>& values, int64_t classes,
                                const PlaceOfRow& place) {
  for (size_t row = 0; row < values.size(); ++row) {
    const double value = values[row];
    if (value >= 0.0 && value < static_cast<double>(classes) && value == std::floor(value)) continue;
    diagnostics_.report(Kind::data_label_range, {{"set", set_.name},
                                                 {"place", place(row)},
                                                 {"field", field},
                                                 {"value", fmt::format("{:g}", value)},
                                                 {"last", std::to_string(classes - 1)}});
    return;
  }
}

void ValueChecks::check_distributions(const LoadedField& values, const PlaceOfRow& place) {
  const auto rows = static_cast<int64_t>(values.values.size()) / values.size;
  const auto wrong = first_no_distribution(values.values.data(), rows, values.size);
  if (!wrong) return;
  diagnostics_.report(Kind::data_distribution, {{"set", set_.name},
                                                {"place", place(static_cast<size_t>(wrong->row))},
                                                {"field", values.name},
                                                {"count", std::to_string(values.size)},
                                                {"why", wrong->why},
                                                {"loss", std::string(sema::loss_name(program_.train->output_loss))}});
}

}  // namespace tpc::evaluation
