#include "evaluation/experiment/compare.h"

#include <algorithm>

namespace tpc::evaluation {
namespace {

constexpr int64_t default_seeds = 3;
/// Networks that start from different functions differ however wide they are; only their means tend to the limit.
constexpr int64_t default_seeds_random_start = 16;

/// The networks of one width, each set beside the limit. False after a user error.
bool add_width(const Problem& problem, const ir::tp::Module& training_step, int64_t width,
               const ComparisonSettings& settings, Comparison& comparison) {
  std::vector<double> differences;
  std::vector<Trajectory> networks;
  const int64_t by_default = comparison.random_start ? default_seeds_random_start : default_seeds;
  const MethodRequest& request = settings.limit.request;
  const WidthSettings networks_of_width{width, settings.seeds == 0 ? by_default : settings.seeds, request.seed,
                                        request.threads};
  const auto run = run_width(problem, training_step, networks_of_width, [&](const Trajectory& network) {
    differences.push_back(rms_difference(network, comparison.reference));
    networks.push_back(network);
  });
  if (!run) return false;
  comparison.interrupted = run->trajectory.interrupted;
  comparison.diverged = run->trajectory.diverged;
  comparison.seconds += run->run_seconds;
  if (differences.empty()) return true;  // none was done
  const Trajectory& mean = run->trajectory;
  const WidthDifference difference =
      comparison.random_start ? WidthDifference{width, rms_difference(mean, comparison.reference), rms_error(mean)}
                              : summarise_width(width, differences);
  comparison.widths.push_back({difference, mean, std::move(networks)});
  return true;
}

}  // namespace

std::optional<Comparison> compare(const Problem& problem, const DerivedProgram& program,
                                  const ir::tp::Module& training_step, const ComparisonSettings& settings) {
  // Before the limit is computed, which may take long.
  if (!check_widths(training_step, settings.widths, problem.diagnostics)) return {};
  auto limit = run_infinite_width(problem, program, settings.limit);
  if (!limit) return {};
  Comparison comparison;
  comparison.limit = std::move(*limit);
  comparison.interrupted = comparison.limit.trajectory.interrupted;
  comparison.diverged = comparison.limit.trajectory.diverged;
  comparison.random_start = comparison.limit.random_start();
  comparison.reference = comparison.limit.mean_trajectory();
  Patience patience = settings.patience;
  for (int64_t width : distinct_widths(settings.widths)) {
    if (comparison.interrupted || comparison.diverged || !patience.allows(width)) break;
    if (!add_width(problem, training_step, width, settings, comparison)) return {};
  }
  std::vector<WidthDifference> differences;
  for (const ComparedWidth& compared : comparison.widths) differences.push_back(compared.difference);
  // The distance of means is mostly the noise of finitely many networks: no power of the width.
  if (!comparison.random_start) comparison.fit = fit_power(differences);
  return comparison;
}

std::vector<int64_t> distinct_widths(std::vector<int64_t> widths) {
  std::sort(widths.begin(), widths.end());
  widths.erase(std::unique(widths.begin(), widths.end()), widths.end());
  return widths;
}

}  // namespace tpc::evaluation
