/// \file `tpc run`: train the infinitely wide network.
#include <iostream>

#include "driver/commands/commands.h"
#include "driver/commands/write_result.h"
#include "driver/fingerprint.h"
#include "driver/report/json.h"
#include "driver/report/kernel_report.h"
#include "driver/report/provenance_json.h"
#include "driver/report/run_json.h"
#include "driver/report/saved_run.h"
#include "driver/report/training_table.h"
#include "driver/settings.h"
#include "driver/terminal/terminal_monitor.h"
#include "driver/words.h"
#include "evaluation/experiment/refine.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

std::string result_text(const Session& session, const InfiniteWidthRun& run) {
  const sema::Program& program = session.program();
  std::string text =
      fmt::format("{} ({}, {}) at infinite width: {}\n\n", program.model, program.parametrization,
                  regime_words(*session.compilation->classification), describe_method(run.choice.settings));
  text += training_table(session, run.trajectory);
  if (run.kernel) text += kernel_text(session, *run.kernel, run.trajectory);
  if (run.draws_start && run.spread()) text += drawn_start_text(*run.spread());
  if (run.largest_error) text += fmt::format("\nlargest standard error: {:.2g}\n", *run.largest_error);
  if (!run.ranks.empty()) text += '\n';
  for (const MatrixRank& rank : run.ranks) {
    text += fmt::format("{}: {} directions stored, {} of its transpose", rank.name, rank.rank, rank.rank_transposed);
    text += rank.unstored > 0 ? fmt::format("; {} vectors went beyond them\n", rank.unstored) : "\n";
  }
  return text;
}

/// A run of its own, or more replicas for a saved one.
std::optional<InfiniteWidthRun> run_or_refine(Session& session, const Options& options, const std::string& fingerprint,
                                              Monitor& monitor) {
  const Problem problem = session.problem(monitor);
  const auto run = [&](const Problem& attempt, const EvaluationSettings& settings) {
    return run_infinite_width(attempt, session.derived(), settings);
  };
  const EvaluationSettings settings = evaluation_settings(options);
  if (options.refine.empty()) return run(problem, settings);
  const auto refuse = [&](const std::string& why) {
    problem.diagnostics.report(diag::Kind::cannot_refine, {{"path", options.refine}, {"why", why}});
  };
  auto saved = load_saved_run(options, fingerprint);
  if (const auto* why = std::get_if<std::string>(&saved)) {
    refuse(*why);
    return {};
  }
  auto refined = run_refined(problem, settings, std::get<SavedRun>(std::move(saved)), run);
  if (const auto* why = std::get_if<std::string>(&refined)) refuse(*why);
  auto* result = std::get_if<InfiniteWidthRun>(&refined);
  return result == nullptr ? std::nullopt : std::optional(std::move(*result));
}

}  // namespace

int command_run(const Options& options) {
  const auto session = start_session(options, Stage::limit);
  if (!session) return exit_user_error;
  TerminalMonitor monitor;
  const std::string fingerprint = run_fingerprint(*session, options);
  const auto run = run_or_refine(*session, options, fingerprint, monitor);
  const bool failed = print_diagnostics(*session->compilation);
  if (!run) return exit_user_error;
  if (run->kernel && !run->kernel->tasks && run->kernel->points * run->kernel->points > most_printed_numbers) {
    std::cerr << fmt::format("note: the matrices over {} points are not part of the JSON (more than {} numbers)\n",
                             run->kernel->points, most_printed_numbers);
  }
  print_method(options, run->choice);
  Json json = limit_json(*session, *run);
  json["fingerprint"] = fingerprint;
  json["provenance"] = provenance_json(*session->compilation, options);
  const bool written = write_result(*session->compilation, options, json, result_text(*session, *run)) &&
                       write_run_plot(*session, options, run->trajectory, "at infinite width");
  if (!written) return exit_user_error;
  if (!options.json()) {
    std::cerr << fmt::format("compiled in {:.2f} s, ran in {:.2f} s\n", session->compile_seconds + run->compile_seconds,
                             run->run_seconds);
  }
  return failed ? exit_user_error : run->trajectory.interrupted ? exit_interrupted : exit_success;
}

}  // namespace tpc::driver
