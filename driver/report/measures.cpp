#include "driver/report/measures.h"

#include <algorithm>
#include <set>

#include "driver/report/table.h"

namespace tpc::driver {

std::vector<MeasureColumn> measure_columns(const TrainingPlan& plan) {
  std::set<std::string> known;  // sets whose accuracy is shown
  for (const TrainingPlan::Observed& item : plan.predicted) {
    if (item.labels) known.insert(item.set->name);
  }
  std::vector<MeasureColumn> columns;
  for (size_t i = 0; i < plan.observed.size(); ++i) {
    const TrainingPlan::Observed& item = plan.observed[i];
    if (!item.measure || (item.labels && known.insert(item.set->name).second)) continue;
    columns.push_back({item.name, i, item.labels.has_value()});
  }
  return columns;
}

std::string measure_cell(const MeasureColumn& column, const Trajectory& trajectory, size_t recorded) {
  const Estimates& values = trajectory.observed[column.index].values;
  const double value = values.mean[recorded], error = values.error_at(recorded);
  return column.share ? percent_with_error(value, error) : value_with_error(value, error);
}

std::optional<MeasuredShare> exact_answers(const std::string& analogies, const Trajectory& run) {
  const auto series = std::ranges::find(run.vectors, analogies, &RecordedSeries::name);
  if (series == run.vectors.end()) return {};
  return MeasuredShare{series->values.mean[exact_share], series->values.error_at(exact_share)};
}

}  // namespace tpc::driver
