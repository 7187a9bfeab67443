#include "evaluation/experiment/target_error.h"

#include <algorithm>
#include <cmath>

#include "evaluation/compiled/node_counts.h"
#include "evaluation/experiment/refine.h"
#include "fmt/format.h"

namespace tpc::evaluation {
namespace {

/// The error of one run is no sure guide to that of one with many more samples.
constexpr double most_growth = 8.0;

double largest_of(const std::vector<RecordedSeries>& group) {
  double largest = 0.0;
  for (const RecordedSeries& series : group) {
    for (double error : series.values.error) largest = std::max(largest, error);
  }
  return largest;
}

bool is_quadrature(const InfiniteWidthRun& run) { return run.choice.settings.method == TP_METHOD_QUADRATURE; }

/// How many to take next where `error` is to become `target`: errors of sample points fall at least like the square
/// root of their number, those of nodes much faster.
int64_t next_samples(const InfiniteWidthRun& run, double target) {
  const int64_t samples = run.choice.settings.samples;
  if (is_quadrature(run)) return finer_node_count(samples);
  const double ratio = *run.largest_error / target;
  const double growth = std::clamp(1.1 * ratio * ratio, 2.0, most_growth);
  return samples * static_cast<int64_t>(std::exp2(std::ceil(std::log2(growth))));
}

/// The same of initial functions, whose mean has an error that falls like the square root of their number.
int64_t next_replicas(const InfiniteWidthRun& run, double target) {
  const double ratio = *run.largest_error / target;
  const double growth = std::clamp(1.1 * ratio * ratio, 2.0, most_growth);
  return std::min<int64_t>(most_replicas, std::llround(growth * static_cast<double>(run.choice.settings.replicas)));
}

/// Why there is no point in going on; empty: there is. No sample points are known whose error falls faster than their
/// number grows.
std::string obstacle(const InfiniteWidthRun& run, double target) {
  const auto samples = static_cast<double>(run.choice.settings.samples);
  if (run.draws_start) {
    if (run.choice.settings.replicas < most_replicas) return {};
    return fmt::format("there are at most {} replicas", most_replicas);
  }
  if (is_quadrature(run)) {
    if (next_samples(run, target) <= most_nodes) return {};
    return fmt::format("there are at most {} nodes a dimension", most_nodes);
  }
  const double least = samples * *run.largest_error / target;
  if (least <= static_cast<double>(most_samples)) return {};
  return fmt::format("it would take {:.2g} samples in every replica or more, and there are at most {}", least,
                     most_samples);
}

Method method_of(tp_method method) {
  switch (method) {
    case TP_METHOD_EXACT: return Method::exact;
    case TP_METHOD_QUADRATURE: return Method::quadrature;
    case TP_METHOD_MC: return Method::mc;
    default: return Method::qmc;
  }
}

/// Runs with more and more samples; what the last usable one said is said at the end.
class TargetSearch {
 public:
  TargetSearch(const Problem& problem, EvaluationSettings settings, const Attempt& attempt)
      : problem_(problem), settings_(std::move(settings)), target_(*settings_.target_error), attempt_(attempt) {}

  std::optional<InfiniteWidthRun> run() {
    while (improve()) {
    }
    problem_.diagnostics.add_all(said_);
    if (!why_.empty() && best_) {
      problem_.diagnostics.report(diag::Kind::target_missed, {{"reached", fmt::format("{:.2g}", *best_->largest_error)},
                                                              {"target", fmt::format("{:g}", target_)},
                                                              {"why", why_}});
    }
    return std::move(best_);
  }

 private:
  /// Whether there is more to do.
  bool improve() {
    diag::Engine said;
    const Problem problem{problem_.program, problem_.sets,   problem_.plan,   said,
                          problem_.monitor, problem_.starts, problem_.trained};
    auto run = attempt_(problem, settings_);
    if (!run) return give_up(std::move(said));
    if (run->trajectory.interrupted && best_) {
      best_->trajectory.interrupted = true;
      return false;
    }
    take(std::move(*run), std::move(said));
    if (!best_->trajectory.complete() || *best_->largest_error < target_ || *best_->largest_error == 0.0) return false;
    why_ = obstacle(*best_, target_);
    if (!why_.empty()) return false;
    settings_.request.method = method_of(best_->choice.settings.method);
    if (best_->draws_start) {
      settings_.request.samples = best_->choice.settings.samples;
      settings_.request.replicas = next_replicas(*best_, target_);
    } else {
      settings_.request.samples = next_samples(*best_, target_);
    }
    return true;
  }

  /// So many samples are too many for something: what it was is in `said`.
  bool give_up(diag::Engine said) {
    if (!best_) {
      said_ = std::move(said);
    } else {
      const bool more_replicas = best_->draws_start;
      why_ = fmt::format("with {} {}: {}", more_replicas ? *settings_.request.replicas : *settings_.request.samples,
                         more_replicas ? "replicas" : "samples",
                         said.all().empty() ? "no result" : said.all().front().message);
    }
    return false;
  }

  /// The reason of the first choice stays, and times add up.
  void take(InfiniteWidthRun run, diag::Engine said) {
    if (best_) {
      run.choice.why = best_->choice.why;
      run.compile_seconds += best_->compile_seconds;
      run.run_seconds += best_->run_seconds;
    }
    run.largest_error = largest_error(run.trajectory);
    best_ = std::move(run);
    said_ = std::move(said);
  }

  const Problem& problem_;
  EvaluationSettings settings_;
  double target_;
  const Attempt& attempt_;
  std::optional<InfiniteWidthRun> best_;
  diag::Engine said_;  ///< about it
  std::string why_;    ///< the target is missed
};

}  // namespace

double largest_error(const Trajectory& run) {
  if (!run.outputs.empty()) return largest_of(run.outputs);
  double largest = largest_of(run.observed);
  for (double error : run.loss.error) largest = std::max(largest, error);
  return largest;
}

std::optional<InfiniteWidthRun> run_to_target(const Problem& problem, EvaluationSettings settings,
                                              const Attempt& attempt) {
  return TargetSearch(problem, std::move(settings), attempt).run();
}

}  // namespace tpc::evaluation
