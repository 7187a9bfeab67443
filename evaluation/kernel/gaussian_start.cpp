#include "evaluation/kernel/gaussian_start.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "evaluation/training/set_losses.h"
#include "evaluation/training/train.h"
#include "runtime/algebra/gemm.h"
#include "runtime/algebra/student_factor.h"
#include "runtime/algebra/symmetric_factor.h"
#include "runtime/points/normal_quantile.h"
#include "runtime/points/philox_stream.h"

namespace tpc::evaluation {
namespace {

/// The homogeneous part of an affine recursion, run on the columns of S: all fields are 0, and what constants of the
/// program (`y + 3`, `0.1 * square(f - 2)`) add is taken out by two more runs, from 0 and from -S. The run from 0 that
/// is still at 0 after a step stays there: then there are no constants.
class HomogeneousColumns {
 public:
  explicit HomogeneousColumns(const StartProblem& start) : columns_(start, 1.0), constants_(std::in_place, start) {}

  /// The part of the loss before the step that is quadratic in S.
  double step(const TrainingBatch& batch) {
    const double plus = columns_.run.step(batch).values.at(0);
    if (!constants_) return plus;
    const double zero = constants_->zero.run.step(batch).values.at(0),
                 minus = constants_->minus.run.step(batch).values.at(0);
    const std::vector<double> values = constants_->zero.run.predict_all().values;
    if (zero == 0.0 && std::all_of(values.begin(), values.end(), [](double f) { return f == 0.0; })) constants_.reset();
    return 0.5 * (plus + minus) - zero;
  }
  double loss(const TrainingBatch& batch) {
    const double plus = columns_.run.loss(batch).values.at(0);
    if (!constants_) return plus;
    return 0.5 * (plus + constants_->minus.run.loss(batch).values.at(0)) -
           constants_->zero.run.loss(batch).values.at(0);
  }
  /// S_t on all points, [points, columns].
  std::vector<double> all() {
    return without_constants(columns_.run.predict_all(), [](KernelEvaluator& zero) { return zero.predict_all(); });
  }
  std::vector<double> on(const ir::FunctionKey& predict, const LoadedSet& set) {
    return without_constants(columns_.run.evaluate(predict, set),
                             [&](KernelEvaluator& zero) { return zero.evaluate(predict, set); });
  }

 private:
  struct Run {
    Run(const StartProblem& start, double scale)
        : run(start.recursion, start.points, start.kernel, grams, {scaled(start.factor.matrix, scale), true}) {}
    static std::vector<double> scaled(std::vector<double> values, double scale) {
      for (double& value : values) value *= scale;
      return values;
    }
    GramValues grams;  ///< none
    KernelEvaluator run;
  };
  struct Constants {
    explicit Constants(const StartProblem& start) : zero(start, 0.0), minus(start, -1.0) {}
    Run zero, minus;
  };

  template <class Values>
  std::vector<double> without_constants(ReplicaValues of, Values&& values) {
    if (!constants_) return std::move(of.values);
    const ReplicaValues added = values(constants_->zero.run);
    for (size_t i = 0; i < of.values.size(); ++i) of.values[i] -= added.values[i];
    return std::move(of.values);
  }

  Run columns_;
  std::optional<Constants> constants_;
};

/// S_t as an evaluator whose outputs are variances, so that the one training loop runs and records them.
class VarianceEvaluator final : public Evaluator {
 public:
  VarianceEvaluator(HomogeneousColumns& columns, int64_t outputs) : columns_(columns), outputs_(outputs) {}

  ReplicaValues step(const TrainingBatch& batch) override { return {1, 1, {columns_.step(batch)}}; }
  ReplicaValues loss(const TrainingBatch& batch) override { return {1, 1, {columns_.loss(batch)}}; }
  ReplicaValues evaluate(const ir::FunctionKey& function, const LoadedSet& set) override {
    const std::vector<double> columns = columns_.on(function, set);
    const size_t width = columns.size() / static_cast<size_t>(set.count);
    ReplicaValues variances{1, static_cast<size_t>(set.count * outputs_), {}};
    for (size_t example = 0; example < static_cast<size_t>(set.count); ++example) {
      double variance = 0.0;
      for (size_t i = 0; i < width; ++i) variance += std::pow(columns[example * width + i], 2);
      // Different outputs are independent and have the same law.
      variances.values.insert(variances.values.end(), static_cast<size_t>(outputs_), variance);
    }
    return variances;
  }

 private:
  HomogeneousColumns& columns_;
  int64_t outputs_;
};

/// S S^T.
std::vector<double> covariance(const std::vector<double>& factor, size_t points) {
  const size_t columns = factor.size() / points;
  std::vector<double> result(points * points);
  using runtime::Layout;
  runtime::threaded_gemm(Layout::plain, Layout::transposed, points, points, columns, 1.0, factor.data(), columns,
                         factor.data(), columns, 0.0, result.data(), points);
  return result;
}

/// Standard normals [columns, outputs] of one initial function.
std::vector<double> standard_normals(uint64_t seed, int64_t draw, int64_t columns, int64_t outputs) {
  std::vector<uint64_t> bits;
  for (int64_t column = 0; column < columns; ++column) {
    const runtime::PhiloxStream stream(seed, static_cast<uint32_t>(draw), runtime::RandomPurpose::initial_function,
                                       static_cast<uint64_t>(column));
    for (int64_t output = 0; output < outputs; output += 2) {
      const auto [first, second] = stream.bits(static_cast<uint32_t>(output / 2));
      bits.push_back(first);
      if (output + 1 < outputs) bits.push_back(second);
    }
  }
  std::vector<double> normals(bits.size());
  runtime::normals_from_bits(bits.data(), bits.size(), normals.data());
  return normals;
}

std::vector<double> initial_function(const StartFactor& factor, const std::vector<double>& normals, size_t outputs) {
  const auto columns = static_cast<size_t>(factor.columns);
  const size_t points = columns == 0 ? 0 : factor.matrix.size() / columns;
  std::vector<double> values(points * outputs, 0.0);
  for (size_t i = 0; i < points; ++i) {
    for (size_t k = 0; k < columns; ++k) {
      const double entry = factor.matrix[i * columns + k];
      for (size_t o = 0; o < outputs; ++o) values[i * outputs + o] += entry * normals[k * outputs + o];
    }
  }
  return values;
}

/// Grams do not depend on the start.
TrainingPlan without_observations(TrainingPlan plan) {
  plan.observed.clear();
  return plan;
}

/// One recorded step of a series.
ReplicaValues numbers_at(const RecordedSeries& series, size_t recorded) {
  const auto count = static_cast<size_t>(series.numbers());
  const auto first = series.values.mean.begin() + static_cast<std::ptrdiff_t>(recorded * count);
  return {1, count, {first, first + static_cast<std::ptrdiff_t>(count)}};
}

/// Of a loss that is quadratic in f, E L(f) = L(m) + sum_k (L(m + s_k e_k) + L(m - s_k e_k) - 2 L(m)) / 2, m being the
/// mean and s_k the standard deviation of output k: outputs are independent.
double mean_quadratic_loss(SetLosses& losses, size_t set_loss, const ReplicaValues& mean,
                           const ReplicaValues& deviation, size_t outputs) {
  const double middle = losses.of_outputs(set_loss, mean).values.at(0);
  double loss = middle;
  for (size_t k = 0; k < outputs; ++k) {
    for (const double sign : {1.0, -1.0}) {
      ReplicaValues moved = mean;
      for (size_t i = k; i < moved.numbers; i += outputs) moved.values[i] += sign * deviation.values[i];
      loss += 0.5 * (losses.of_outputs(set_loss, moved).values.at(0) - middle);
    }
  }
  return loss;
}

/// What data sets lose on average over initial functions.
std::vector<RecordedSeries> mean_set_losses(const TrainingPlan& plan, const Trajectory& from_zero,
                                            const Trajectory& deviation) {
  std::vector<RecordedSeries> means = from_zero.set_losses;
  SetLosses losses(plan);
  for (size_t i = 0; i < means.size(); ++i) {
    const size_t outputs = plan.set_losses[i].outputs.value();  // the loss is one of outputs in the kernel regime
    means[i].values = {};
    for (size_t t = 0; t < from_zero.steps_recorded.size(); ++t) {
      means[i].values.mean.push_back(mean_quadratic_loss(losses, i, numbers_at(from_zero.outputs[outputs], t),
                                                         numbers_at(deviation.outputs[outputs], t),
                                                         static_cast<size_t>(plan.outputs)));
    }
  }
  return means;
}

}  // namespace

StartSpread spread_of_replicas(const Trajectory& trajectory, int64_t replicas) {
  const double factor =
      std::sqrt(static_cast<double>(replicas)) / runtime::student_factor(static_cast<size_t>(replicas));
  StartSpread spread{replicas, trajectory, trajectory, {}};
  for_each_estimates(spread.deviation, [&](Estimates& estimates) {
    estimates.mean = std::exchange(estimates.error, {});
    for (double& value : estimates.mean) value *= factor;
  });
  return spread;
}

Trajectory mean_over_starts(const Trajectory& from_zero, const std::optional<StartSpread>& spread) {
  if (!spread) return from_zero;
  Trajectory mean = spread->draws == 0 ? from_zero : spread->mean;
  if (spread->draws == 0) {
    mean.loss = spread->mean.loss;
    mean.set_losses = spread->mean.set_losses;
  }
  mean.observed = from_zero.observed;
  return mean;
}

double rms_spread(const StartSpread& spread) {
  double squares = 0.0;
  double count = 0.0;
  for (const RecordedSeries& series : spread.deviation.outputs) {
    for (double deviation : series.values.mean) squares += deviation * deviation;
    count += static_cast<double>(series.values.mean.size());
  }
  return std::sqrt(squares / std::max(1.0, count));
}

StartFactor factor_of(const std::vector<double>& nngp, int64_t points) {
  runtime::SymmetricFactor factor = runtime::symmetric_factor(nngp.data(), static_cast<size_t>(points));
  return {static_cast<int64_t>(factor.columns), std::move(factor.matrix)};
}

SpreadRun spread_in_closed_form(const StartProblem& start, const Trajectory& from_zero, Monitor& monitor) {
  const TrainingPlan& plan = start.plan;
  HomogeneousColumns columns(start);
  VarianceEvaluator variances(columns, plan.outputs);
  const auto watch = monitor.begin("covariance", plan.steps, KeptWhenStopped::yes);
  StartSpread spread;
  TrainingPlan of_variances = without_observations(plan);
  of_variances.set_losses.clear();
  spread.deviation = train(variances, of_variances, *watch);
  if (!spread.deviation.complete()) return {{}, spread.deviation.interrupted, spread.deviation.diverged};
  for (RecordedSeries& series : spread.deviation.outputs) {
    for (double& value : series.values.mean) value = std::sqrt(value);
  }
  spread.mean.steps_recorded = spread.deviation.steps_recorded;
  for (size_t t = 0; t < from_zero.loss.mean.size(); ++t) {
    spread.mean.loss.mean.push_back(from_zero.loss.mean[t] +
                                    static_cast<double>(plan.outputs) * spread.deviation.loss.mean[t]);
  }
  spread.deviation.loss.mean.clear();
  spread.mean.set_losses = mean_set_losses(plan, from_zero, spread.deviation);
  spread.covariance = covariance(columns.all(), static_cast<size_t>(start.points.count()));
  return {std::move(spread), watch->stop_requested(), {}};
}

SpreadRun spread_of_draws(const StartProblem& start, uint64_t seed, Monitor& monitor) {
  const TrainingPlan plan = without_observations(start.plan);
  const auto watch = monitor.begin("initial functions", initial_functions * plan.steps, KeptWhenStopped::yes);
  TrajectoryMean mean;
  const GramValues no_grams;
  for (int64_t draw = 0; draw < initial_functions; ++draw) {
    const std::vector<double> normals = standard_normals(seed, draw, start.factor.columns, plan.outputs);
    const KernelStart from{initial_function(start.factor, normals, static_cast<size_t>(plan.outputs)), false};
    KernelEvaluator evaluator(start.recursion, start.points, start.kernel, no_grams, from);
    const Trajectory run = train(evaluator, plan, *watch, draw * plan.steps);
    if (run.diverged) return {{}, false, run.diverged};
    if (run.interrupted) break;
    mean.add(run);
  }
  if (mean.count() < 2) return {{}, watch->stop_requested(), {}};
  StartSpread spread;
  spread.draws = mean.count();
  spread.mean = mean.result();
  spread.deviation = spread.mean;
  for_each_estimates(spread.deviation, [&](Estimates& estimates) {
    const double root = std::sqrt(static_cast<double>(spread.draws));
    for (size_t i = 0; i < estimates.mean.size(); ++i) estimates.mean[i] = estimates.error[i] * root;
    estimates.error.clear();
  });
  return {std::move(spread), watch->stop_requested(), {}};
}

}  // namespace tpc::evaluation
