#include "evaluation/experiment/coordinate_check.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "driver/terminal/interrupt.h"
#include "driver/terminal/progress.h"
#include "evaluation/data/batches.h"
#include "evaluation/experiment/convergence.h"
#include "passes/width/forward.h"

namespace tpc::driver {
namespace {

using ir::ValueId;

/// What is observed of `predict`, and the module whose `predict` returns all of it.
struct Probe {
  ir::tp::Module module;
  std::vector<std::string> names;
  std::vector<passes::ValueExponents> exponents;
};

std::string result_name(size_t index) { return "value" + std::to_string(index); }

/// Every named activation and the output. Simplification may have taken powers of n out of a hidden vector: both the
/// measurement and the prediction are of the value as the program has it.
Probe make_probe(const Compilation& compilation) {
  Probe probe{*compilation.training_step, {}, {}};
  ir::tp::Function& predict = *probe.module.find("predict");
  const std::vector<bool> is_activation = passes::width::depends_on_data(predict);
  const ValueId output = predict.result("output");
  predict.results.clear();
  for (size_t i = 0; i < predict.body.size(); ++i) {
    const auto& instruction = predict.body[i];
    const bool is_output = ValueId(i) == output;
    const bool is_input = std::holds_alternative<ir::Input>(instruction.op);
    if (!is_output && (!is_activation[i] || is_input || instruction.name.empty())) continue;
    predict.results.push_back({result_name(probe.names.size()), ValueId(i)});
    probe.names.push_back(is_output ? "output" : instruction.name);
    probe.exponents.push_back(compilation.width->predict[i]);
  }
  return probe;
}

/// Sums of squares over seeds: [value][recorded step], of values and of changes, for one width.
struct Sizes {
  Sizes(size_t values, size_t steps)
      : value(values, std::vector<double>(steps)), change(values, std::vector<double>(steps)) {}
  std::vector<std::vector<double>> value, change;
};

double mean_square(const std::vector<double>& values, const std::vector<double>* origin) {
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double x = origin == nullptr ? values[i] : values[i] - (*origin)[i];
    sum += x * x;
  }
  return sum / static_cast<double>(std::max<size_t>(1, values.size()));
}

/// One network through the whole plan.
class ProbedNetwork {
 public:
  ProbedNetwork(const Session& session, const Probe& probe, int64_t width, uint64_t seed, int threads)
      : plan_(session.plan), probe_(probe), network_(probe.module, width, seed, threads) {}

  /// False: interrupted.
  bool train(Sizes& sizes, const std::function<void()>& after_step) {
    BatchOrder order(plan_.train->count, plan_.batch, plan_.settings->shuffle_seed);
    Batch observed = plan_.train->slice(0, std::min<int64_t>(plan_.train->count, most_examples));
    size_t recorded = 0;
    first_ = network_.run("predict", observed);
    for (int64_t step = 0; step <= plan_.steps; ++step) {
      if (interrupted()) return false;
      if (std::binary_search(plan_.recorded.begin(), plan_.recorded.end(), step)) {
        record(network_.run("predict", observed), recorded++, sizes);
      }
      if (step < plan_.steps) network_.run("step", plan_.train->batch(order.rows(step)));
      after_step();
    }
    return true;
  }

 private:
  static constexpr int64_t most_examples = 64;  // typical sizes need no more

  void record(const std::map<std::string, std::vector<double>>& values, size_t recorded, Sizes& sizes) {
    for (size_t i = 0; i < probe_.names.size(); ++i) {
      const auto& now = values.at(result_name(i));
      sizes.value[i][recorded] += mean_square(now, nullptr);
      sizes.change[i][recorded] += mean_square(now, &first_.at(result_name(i)));
    }
  }

  const TrainingPlan& plan_;
  const Probe& probe_;
  ir::tp::Interpreter network_;
  std::map<std::string, std::vector<double>> first_;
};

MeasuredSlope fit(const std::vector<int64_t>& widths, const std::vector<double>& squares,
                  const ir::Exponent& predicted) {
  MeasuredSlope result;
  result.predicted = predicted;
  std::vector<WidthDifference> sizes;
  for (size_t i = 0; i < widths.size(); ++i) {
    if (!std::isfinite(squares[i])) return result;
    sizes.push_back({widths[i], std::sqrt(squares[i]), 0.0});
  }
  if (const auto line = fit_power(sizes)) {
    result.slope = line->exponent;
    result.error = line->error;
  }
  return result;
}

}  // namespace

bool MeasuredSlope::disagrees() const {
  if (!slope) return false;
  const double allowed = 0.15 + (std::isnan(error) ? 0.0 : 3.0 * error);
  return !predicted.finite() || std::abs(*slope - predicted.rational().value()) > allowed;
}

CoordinateCheck check_coordinates(const Session& session, const std::vector<int64_t>& widths, int64_t seeds,
                                  const Options& options) {
  const InterruptGuard guard;
  const Probe probe = make_probe(*session.compilation);
  CoordinateCheck check;
  check.steps = session.plan.recorded;
  std::vector<int64_t> done;
  std::vector<Sizes> sizes;
  for (int64_t width : widths) {
    Sizes of_width(probe.names.size(), check.steps.size());
    size_t steps = 0;
    runtime::Progress progress("width " + std::to_string(width), static_cast<size_t>(seeds * (session.plan.steps + 1)));
    for (int64_t seed = 0; seed < seeds && !check.interrupted; ++seed) {
      ProbedNetwork network(session, probe, width, options.seed + static_cast<uint64_t>(seed), options.threads);
      check.interrupted = !network.train(of_width, [&] { progress.update(++steps); });
    }
    if (check.interrupted) break;
    done.push_back(width);
    sizes.push_back(std::move(of_width));
  }
  for (size_t i = 0; i < probe.names.size(); ++i) {
    CheckedValue checked{probe.names[i], {}, {}};
    for (size_t t = 0; t < check.steps.size(); ++t) {
      std::vector<double> value, change;
      for (const Sizes& of_width : sizes) {
        value.push_back(of_width.value[i][t]);
        change.push_back(of_width.change[i][t]);
      }
      const passes::ValueExponents& exponents = probe.exponents[i];
      checked.value.push_back(fit(done, value, check.steps[t] == 0 ? exponents.initial : exponents.overall()));
      checked.change.push_back(fit(done, change, exponents.change));
    }
    check.values.push_back(std::move(checked));
  }
  return check;
}

}  // namespace tpc::driver
