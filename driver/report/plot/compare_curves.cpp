#include "driver/report/plot/compare_curves.h"

#include <algorithm>
#include <cmath>

#include "fmt/format.h"

namespace tpc::driver {

void Curve::add(double x, double value, double error) {
  const double half = std::isnan(error) ? 0.0 : 2.0 * error;
  middle.push_back({x, value});
  lower.push_back({x, value - half});
  upper.push_back({x, value + half});
}

CurveChoice::CurveChoice(const TrainingPlan& plan, const Trajectory& limit)
    : plan_(plan),
      minibatch_(plan.batch < plan.train->count),
      by_epoch_(minibatch_ && plan.steps >= plan.train->count / plan.batch) {
  choose_accuracy(limit);
  choose_output(limit);
  choose_measure();
}

Curve CurveChoice::loss(const Trajectory& run) const {
  const size_t count = run.loss.mean.size();
  const size_t stretch = minibatch_ ? std::max<size_t>(1, count / 40) : 1;
  Curve curve;
  for (size_t begin = 0; begin + stretch <= count; begin += stretch) {
    double value = 0.0;
    double error = 0.0;
    for (size_t step = begin; step < begin + stretch; ++step) {
      value += run.loss.mean[step] / static_cast<double>(stretch);
      error += run.loss.error_at(step) / static_cast<double>(stretch);
    }
    curve.add(time(static_cast<double>(begin) + static_cast<double>(stretch - 1) / 2.0), value, error);
  }
  return curve;
}

std::string CurveChoice::accuracy_title(const Trajectory& run) const {
  return "accuracy on " + run.accuracy[*accuracy_].name + ", %";
}

Curve CurveChoice::accuracy(const Trajectory& run) const {
  return recorded(run, run.accuracy[*accuracy_], 1, 0, 100.0);
}

std::string CurveChoice::output_title(const Trajectory& run) const {
  const RecordedSeries& series = run.outputs[*output_];
  const auto outputs = static_cast<size_t>(series.shape.back());
  std::string title = fmt::format("output on {}, example {}", series.name, output_offset_ / outputs + 1);
  if (outputs > 1) title += fmt::format(", number {}", output_offset_ % outputs + 1);
  return title;
}

Curve CurveChoice::output(const Trajectory& run) const {
  return recorded(run, run.outputs[*output_], output_numbers_, output_offset_, 1.0);
}

void CurveChoice::choose_accuracy(const Trajectory& limit) {
  for (size_t i = 0; i < limit.accuracy.size(); ++i) {
    const bool held_out = limit.accuracy[i].name != plan_.train->name;
    const bool better = !accuracy_ || (held_out && limit.accuracy[*accuracy_].name == plan_.train->name);
    if (better) accuracy_ = i;
  }
}

void CurveChoice::choose_output(const Trajectory& limit) {
  const auto held_out = [&](size_t i) { return limit.outputs[i].name != plan_.train->name; };
  bool any_held_out = false;
  for (size_t i = 0; i < limit.outputs.size(); ++i) any_held_out = any_held_out || held_out(i);
  double largest = -1.0;
  for (size_t i = 0; i < limit.outputs.size(); ++i) {
    if (any_held_out && !held_out(i)) continue;
    const RecordedSeries& series = limit.outputs[i];
    const auto numbers = static_cast<size_t>(series.numbers());
    const size_t last = series.values.mean.size() - numbers;
    for (size_t j = 0; j < numbers; ++j) {
      const double moved = std::abs(series.values.mean[last + j] - series.values.mean[j]);
      if (moved <= largest) continue;
      largest = moved;
      output_ = i;
      output_offset_ = j;
      output_numbers_ = numbers;
    }
  }
}

void CurveChoice::choose_measure() {
  for (size_t i = 0; i < plan_.observed.size(); ++i) {
    const TrainingPlan::Observed& item = plan_.observed[i];
    if (!item.measure || item.labels) continue;
    if (!measure_ || (plan_.observed[*measure_].set == plan_.train && item.set != plan_.train)) measure_ = i;
  }
}

double CurveChoice::time(double step) const {
  return by_epoch_ ? step * static_cast<double>(plan_.batch) / static_cast<double>(plan_.train->count) : step;
}

Curve CurveChoice::recorded(const Trajectory& run, const RecordedSeries& series, size_t numbers, size_t offset,
                            double scale) const {
  Curve curve;
  for (size_t i = 0; i < run.steps_recorded.size(); ++i) {
    const size_t index = i * numbers + offset;
    curve.add(time(static_cast<double>(run.steps_recorded[i])), scale * series.values.mean[index],
              scale * series.values.error_at(index));
  }
  return curve;
}

}  // namespace tpc::driver
