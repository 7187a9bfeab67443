#include "driver/report/end_values.h"

#include <algorithm>

namespace tpc::driver {

EndValue final_training_loss(const TrainingPlan& plan, const Trajectory& run) {
  const bool minibatch = plan.batch < plan.train->count;
  const size_t count = run.loss.mean.size();
  const size_t stretch = minibatch ? std::max<size_t>(1, count / 10) : 1;
  EndValue loss;
  for (size_t i = count - stretch; i < count; ++i) {
    loss.value += run.loss.mean[i] / static_cast<double>(stretch);
    loss.error += run.loss.error_at(i) / static_cast<double>(stretch);
  }
  return loss;
}

std::vector<EndValue> end_values(const TrainingPlan& plan, const Trajectory& run) {
  std::vector<EndValue> values = {final_training_loss(plan, run)};
  const auto add = [&](EndValue::Kind kind, const std::vector<RecordedSeries>& group) {
    for (const RecordedSeries& series : group) {
      const size_t last = series.values.mean.size() - 1;
      values.push_back({kind, series.name, series.values.mean[last], series.values.error_at(last)});
    }
  };
  add(EndValue::Kind::set_loss, run.set_losses);
  add(EndValue::Kind::accuracy, run.accuracy);
  return values;
}

}  // namespace tpc::driver
