#include "driver/report/measures.h"

#include <cmath>
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
  const double error = recorded < values.error.size() ? values.error[recorded] : std::nan("");
  return column.share ? percent_with_error(values.mean[recorded], error)
                      : value_with_error(values.mean[recorded], error);
}

}  // namespace tpc::driver
