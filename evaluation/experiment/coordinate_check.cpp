#include "evaluation/experiment/coordinate_check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "evaluation/experiment/convergence.h"
#include "evaluation/failure/report.h"
#include "evaluation/interpreter/interpreter.h"
#include "evaluation/training/train.h"
#include "evaluation/width/width_run.h"
#include "passes/width/forward.h"

namespace tpc::evaluation {
namespace {

using ir::ValueId;

/// What is observed of `predict`, and the module whose `predict` returns all of it.
struct Probe {
  ir::tp::Module module;
  std::vector<std::string> names;
  std::vector<ir::Rational> scales;               ///< n^scale times the result is what has the name
  std::vector<passes::ValueExponents> exponents;  ///< of what has the name
};

std::string result_name(size_t index) { return "value" + std::to_string(index); }

/// Every named activation and the output. Simplification may have taken powers of n out of a hidden vector: measured
/// and predicted is what the user calls by the name.
Probe make_probe(const ir::tp::Module& training_step, const passes::WidthAnalysis& analysis) {
  Probe probe{training_step, {}, {}, {}};
  ir::tp::Function& predict = *probe.module.find(ir::FunctionRole::predict);
  const std::vector<bool> is_activation = passes::width::depends_on_data(predict);
  const ValueId output = predict.result(ir::result_name::output);
  predict.results.clear();
  for (size_t i = 0; i < predict.body.size(); ++i) {
    const auto& instruction = predict.body[i];
    const bool is_output = ValueId(i) == output;
    const bool is_input = std::holds_alternative<ir::Input>(instruction.op);
    if (!is_output && (!is_activation[i] || is_input || instruction.name.empty())) continue;
    predict.results.push_back({result_name(probe.names.size()), ValueId(i)});
    probe.names.push_back(is_output ? "output" : instruction.name);
    const ir::Rational& scale = instruction.scale;
    const auto& [initial, change] = analysis.predict[i];
    probe.scales.push_back(scale);
    probe.exponents.push_back({initial + scale, change + scale});
  }
  return probe;
}

double mean_square(const std::vector<double>& values, const std::vector<double>* origin) {
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double x = origin == nullptr ? values[i] : values[i] - (*origin)[i];
    sum += x * x;
  }
  return sum / static_cast<double>(std::max<size_t>(1, values.size()));
}

constexpr int64_t most_examples = 64;  // typical sizes need no more

/// A network in training of which the sizes of its values are recorded, not the values: `evaluate` gives, for every
/// probed value, the mean square of its coordinates and of their change since initialisation.
class ProbedNetwork final : public Evaluator {
 public:
  ProbedNetwork(const Probe& probe, const LoadedSet& observed, int64_t width, uint64_t seed, int threads)
      : probe_(probe), network_(probe.module, width, seed, threads) {
    first_ = network_.run(ir::FunctionRole::predict, observed.slice(0, observed.count));
    for (const ir::Rational& scale : probe.scales) {
      square_factors_.push_back(std::pow(static_cast<double>(width), 2 * scale.value()));
    }
  }

  ReplicaValues step(const TrainingBatch& batch) override { return loss_of(ir::FunctionRole::step, batch); }
  ReplicaValues loss(const TrainingBatch& batch) override { return loss_of(ir::FunctionRole::loss, batch); }
  ReplicaValues evaluate(const ir::FunctionKey& function, const LoadedSet& set) override {
    const auto values = network_.run(function, set.slice(0, set.count));
    ReplicaValues sizes{1, 2 * probe_.names.size(), {}};
    for (size_t i = 0; i < probe_.names.size(); ++i) {
      const auto& now = values.at(result_name(i));
      sizes.values.push_back(square_factors_[i] * mean_square(now, nullptr));
      sizes.values.push_back(square_factors_[i] * mean_square(now, &first_.at(result_name(i))));
    }
    return sizes;
  }

 private:
  ReplicaValues loss_of(const ir::FunctionKey& function, const TrainingBatch& batch) {
    return {1, 1, network_.run(function, batch.values).at(ir::result_name::loss)};
  }

  const Probe& probe_;
  Interpreter network_;
  std::map<std::string, std::vector<double>> first_;
  std::vector<double> square_factors_;  // by value: n^(2 scale)
};

/// The first examples of the training set.
LoadedSet observed_examples(const LoadedSet& train) {
  LoadedSet observed{train.name, std::min(train.count, most_examples), train.fields, train.maker};
  if (train.maker != nullptr) return observed;
  for (LoadedField& field : observed.fields) field.values.resize(static_cast<size_t>(observed.count * field.size));
  return observed;
}

/// The plan of the run with nothing recorded but the sizes of the probed values.
TrainingPlan probing_plan(TrainingPlan plan, const Probe& probe, const LoadedSet& observed) {
  plan.predicted.clear();
  plan.vectors.clear();
  plan.set_losses.clear();
  plan.observed = {{"sizes", ir::FunctionRole::predict, &observed, {static_cast<int64_t>(2 * probe.names.size())}}};
  return plan;
}

/// The mean over networks of one width, for one value at one step.
struct MeanSquare {
  double mean = 0.0;
  double error = 0.0;  ///< standard error; 0 with one network
};

/// Sums over the networks of one width: [recorded step, probed value, size or change].
class Sizes {
 public:
  explicit Sizes(size_t count) : sums_(count), sums_of_squares_(count) {}

  /// What is missing at the end diverged.
  void add(const std::vector<double>& network) {
    for (size_t i = 0; i < sums_.size(); ++i) {
      const double size = i < network.size() ? network[i] : std::numeric_limits<double>::quiet_NaN();
      sums_[i] += size;
      sums_of_squares_[i] += size * size;
    }
    ++networks_;
  }
  [[nodiscard]] MeanSquare at(size_t index) const {
    const auto count = static_cast<double>(networks_);
    const double mean = sums_[index] / count;
    if (networks_ < 2) return {mean, 0.0};
    const double variance = std::max(0.0, sums_of_squares_[index] / count - mean * mean);
    return {mean, std::sqrt(variance / (count - 1.0))};
  }

 private:
  std::vector<double> sums_, sums_of_squares_;
  int64_t networks_ = 0;
};

/// Of the slope, from the errors of log(root mean square) at each width.
double error_of_networks(const std::vector<int64_t>& widths, const std::vector<MeanSquare>& squares) {
  std::vector<double> logs;
  for (int64_t width : widths) logs.push_back(std::log(static_cast<double>(width)));
  const double mean = std::accumulate(logs.begin(), logs.end(), 0.0) / static_cast<double>(logs.size());
  double xx = 0.0;
  double variance = 0.0;
  for (size_t i = 0; i < logs.size(); ++i) {
    xx += std::pow(logs[i] - mean, 2);
    variance += std::pow((logs[i] - mean) * 0.5 * squares[i].error / squares[i].mean, 2);
  }
  return std::sqrt(variance) / xx;
}

MeasuredSlope fit(const std::vector<int64_t>& widths, const std::vector<MeanSquare>& squares,
                  const std::optional<ir::Exponent>& predicted) {
  MeasuredSlope result;
  result.predicted = predicted;
  bool finite = true;
  for (size_t i = 0; i < widths.size(); ++i) {
    finite = finite && std::isfinite(squares[i].mean);
    const double size = std::sqrt(squares[i].mean);
    result.sizes.push_back({widths[i], size, size > 0.0 ? 0.5 * squares[i].error / size : 0.0});
  }
  if (!finite) return result;
  if (const auto line = fit_power(result.sizes)) {
    result.slope = line->exponent;
    result.error = std::isnan(line->error) ? line->error : std::max(line->error, error_of_networks(widths, squares));
  }
  return result;
}

/// What diverged first, and whether a network was warned of.
struct Earliest {
  std::optional<Divergence> divergence;
  std::string network;
  bool grew = false;

  void add(const Divergence& other, const std::string& name) {
    if (divergence && divergence->step <= other.step) return;
    divergence = other;
    network = name;
  }
};

/// Of all networks of one width, nan from a divergence on; empty: interrupted.
std::optional<Sizes> sizes_of_width(const Problem& problem, const Probe& probe, int64_t width,
                                    const CoordinateCheckSettings& settings, Earliest& earliest) {
  const LoadedSet observed = observed_examples(*problem.plan.train);
  const TrainingPlan plan = probing_plan(problem.plan, probe, observed);
  const auto watch =
      problem.monitor.begin("width " + std::to_string(width), settings.seeds * plan.steps, KeptWhenStopped::yes);
  Sizes sizes(2 * probe.names.size() * plan.recorded.size());
  for (int64_t index = 0; index < settings.seeds; ++index) {
    ProbedNetwork network(probe, observed, width, settings.seed + static_cast<uint64_t>(index), settings.threads);
    const Trajectory run = train(network, plan, *watch, index * plan.steps);
    if (run.interrupted) return {};
    sizes.add(run.observed.front().values.mean);
    const std::string name = "network " + std::to_string(index + 1) + " of width " + std::to_string(width);
    if (run.diverged) earliest.add(*run.diverged, name);
    if (!earliest.grew) earliest.grew = warn_of_growth(run, name, problem);
  }
  return sizes;
}

}  // namespace

bool MeasuredSlope::disagrees() const {
  if (!slope || !predicted) return false;
  const double allowed = 0.15 + (std::isnan(error) ? 0.0 : 3.0 * error);
  return !predicted->finite() || std::abs(*slope - predicted->rational().value()) > allowed;
}

std::optional<CoordinateCheck> check_coordinates(const Problem& problem, const ir::tp::Module& training_step,
                                                 const passes::WidthAnalysis& analysis,
                                                 const CoordinateCheckSettings& settings) {
  if (!check_widths(training_step, settings.widths, problem.diagnostics)) return {};
  const Probe probe = make_probe(training_step, analysis);
  CoordinateCheck check;
  check.steps = problem.plan.recorded;
  std::vector<int64_t> done;
  std::vector<Sizes> sizes;
  Earliest earliest;
  Patience patience = settings.patience;
  for (int64_t width : settings.widths) {
    if (!patience.allows(width)) break;
    auto of_width = sizes_of_width(problem, probe, width, settings, earliest);
    check.interrupted = !of_width;
    if (check.interrupted) break;
    done.push_back(width);
    sizes.push_back(std::move(*of_width));
  }
  check.diverged = earliest.divergence;
  // Numbers of an unstable program are to grow.
  if (check.diverged && analysis.settles) report_divergence(*check.diverged, earliest.network, problem, training_step);
  const auto by_width = [&](size_t step, size_t value, size_t part) {
    std::vector<MeanSquare> squares;
    for (const Sizes& of_width : sizes) squares.push_back(of_width.at(2 * (step * probe.names.size() + value) + part));
    return squares;
  };
  for (size_t i = 0; i < probe.names.size(); ++i) {
    CheckedValue checked{probe.names[i], {}, {}};
    for (size_t t = 0; t < check.steps.size(); ++t) {
      const passes::ValueExponents& exponents = probe.exponents[i];
      const bool starts = check.steps[t] == 0;
      const bool is_predicted = analysis.settles || check.steps[t] <= analysis.steps;
      const auto said = [&](const ir::Exponent& exponent) {
        return is_predicted ? std::optional(exponent) : std::nullopt;
      };
      checked.value.push_back(fit(done, by_width(t, i, 0), said(starts ? exponents.initial : exponents.overall())));
      checked.change.push_back(fit(done, by_width(t, i, 1), said(exponents.change)));
    }
    check.values.push_back(std::move(checked));
  }
  return check;
}

}  // namespace tpc::evaluation
