#include "evaluation/experiment/refine.h"

#include <algorithm>
#include <cmath>

#include "fmt/format.h"

namespace tpc::evaluation {
namespace {

/// The error of few replicas is no sure guide to how many it takes.
constexpr double most_more_replicas = 8.0;

/// Replicas to add to `total`, which leave `error`: errors fall like the square root of their number.
int64_t replicas_to_add(int64_t total, double error, double target) {
  const double ratio = error / target;
  const double growth = std::clamp(1.1 * ratio * ratio, 1.0, most_more_replicas);
  const auto wanted = static_cast<int64_t>(std::ceil(static_cast<double>(total) * growth));
  return std::clamp<int64_t>(wanted - total, 1, std::max<int64_t>(1, most_replicas - total));
}

class Refinement {
 public:
  Refinement(const Problem& problem, EvaluationSettings settings, SavedRun saved, const Attempt& attempt)
      : problem_(problem), settings_(std::move(settings)), together_(std::move(saved.run)), attempt_(attempt) {
    settings_.request.method = saved.method;
    settings_.request.samples = saved.samples;
    settings_.request.seed = saved.seed;
  }

  std::variant<std::monostate, std::string, InfiniteWidthRun> run() {
    if (total() >= most_replicas) return fmt::format("it has all {} replicas already", total());
    const std::optional<double> target = std::exchange(settings_.target_error, std::nullopt);
    int64_t next = settings_.request.replicas.value_or(std::min(total(), most_replicas - total()));
    if (next > most_replicas - total()) {
      return fmt::format("it has {} replicas, and there are at most {}", total(), most_replicas);
    }
    if (target) next = replicas_to_add(total(), largest_error(together_.trajectory), *target);
    for (;; next = replicas_to_add(total(), *result_->largest_error, *target)) {
      const Outcome outcome = add(next);
      if (outcome == Outcome::other_numbers) return "it did not record the same numbers as this run";
      if (!result_) return std::monostate();
      if (outcome != Outcome::added || !target || *result_->largest_error < *target) break;
      if (total() < most_replicas) continue;
      report_missed(*target);
      break;
    }
    if (!target) result_->largest_error.reset();
    return std::move(*result_);
  }

 private:
  enum class Outcome { added, stopped, other_numbers };

  [[nodiscard]] int64_t total() const { return static_cast<int64_t>(together_.replicas); }

  /// New replicas, with the numbers that follow those used up.
  Outcome add(int64_t replicas) {
    settings_.request.replicas = replicas;
    settings_.request.first_replica = total();
    auto run = attempt_(problem_, settings_);
    if (!run) return Outcome::stopped;
    if (result_) {
      run->compile_seconds += result_->compile_seconds;
      run->run_seconds += result_->run_seconds;
    }
    if (!run->trajectory.complete()) {
      keep_what_was_there(std::move(*run));
      return Outcome::stopped;
    }
    auto both = pooled(together_, {run->trajectory, static_cast<size_t>(replicas)});
    if (!both) return Outcome::other_numbers;
    together_ = {*both, static_cast<size_t>(total() + replicas)};
    run->trajectory = std::move(*both);
    run->choice.settings.replicas = total();
    run->choice.settings.first_replica = 0;
    run->largest_error = largest_error(run->trajectory);
    result_ = std::move(run);
    return Outcome::added;
  }

  /// Replicas that were not finished do not count. A divergence is what there is to say.
  void keep_what_was_there(InfiniteWidthRun run) {
    if (!result_ || run.trajectory.diverged) {
      result_ = std::move(run);
      result_->largest_error = largest_error(result_->trajectory);
    } else {
      result_->trajectory.interrupted = true;
    }
  }

  void report_missed(double target) {
    problem_.diagnostics.report(diag::Kind::target_missed,
                                {{"reached", fmt::format("{:.2g}", *result_->largest_error)},
                                 {"target", fmt::format("{:g}", target)},
                                 {"why", fmt::format("there are at most {} replicas", most_replicas)}});
  }

  const Problem& problem_;
  EvaluationSettings settings_;
  ReplicatedRun together_;
  const Attempt& attempt_;
  std::optional<InfiniteWidthRun> result_;
};

}  // namespace

std::variant<std::monostate, std::string, InfiniteWidthRun> run_refined(const Problem& problem,
                                                                        EvaluationSettings settings, SavedRun saved,
                                                                        const Attempt& attempt) {
  return Refinement(problem, std::move(settings), std::move(saved), attempt).run();
}

}  // namespace tpc::evaluation
