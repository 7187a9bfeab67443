/// \file `tpc run`: train the infinitely wide network.
#include <iostream>

#include "driver/commands/commands.h"
#include "driver/commands/write_result.h"
#include "driver/report/json.h"
#include "driver/report/kernel_report.h"
#include "driver/report/run_json.h"
#include "driver/report/training_table.h"
#include "driver/settings.h"
#include "driver/terminal/terminal_monitor.h"
#include "driver/words.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

std::string result_text(const Session& session, const InfiniteWidthRun& run) {
  const sema::Program& program = session.program();
  std::string text =
      fmt::format("{} ({}, {}) at infinite width: {}\n\n", program.model, program.parametrization,
                  regime_words(session.compilation->classification->regime), describe_method(run.choice.settings));
  text += training_table(session, run.trajectory);
  if (run.kernel) text += kernel_text(session, *run.kernel, run.trajectory);
  if (run.largest_error) text += fmt::format("\nlargest standard error: {:.2g}\n", *run.largest_error);
  if (!run.ranks.empty()) text += '\n';
  for (const MatrixRank& rank : run.ranks) {
    text += fmt::format("{}: {} directions stored, {} of its transpose", rank.name, rank.rank, rank.rank_transposed);
    text += rank.unstored > 0 ? fmt::format("; {} vectors went beyond them\n", rank.unstored) : "\n";
  }
  return text;
}

}  // namespace

int command_run(const Options& options) {
  const auto session = start_session(options, Stage::limit);
  if (!session) return exit_user_error;
  TerminalMonitor monitor;
  const auto run = run_infinite_width(session->problem(monitor), session->derived(), evaluation_settings(options));
  const bool failed = print_diagnostics(*session->compilation);
  if (!run) return exit_user_error;
  if (run->kernel && !run->kernel->tasks && run->kernel->points * run->kernel->points > most_printed_numbers) {
    std::cerr << fmt::format("note: the matrices over {} points are not part of the JSON (more than {} numbers)\n",
                             run->kernel->points, most_printed_numbers);
  }
  print_method(options, run->choice);
  const bool written =
      write_result(*session->compilation, options, limit_json(*session, *run), result_text(*session, *run)) &&
      write_run_plot(*session, options, run->trajectory, "at infinite width");
  if (!written) return exit_user_error;
  if (!options.json()) {
    std::cerr << fmt::format("compiled in {:.2f} s, ran in {:.2f} s\n", session->compile_seconds + run->compile_seconds,
                             run->run_seconds);
  }
  return failed ? exit_user_error : run->trajectory.interrupted ? exit_interrupted : exit_success;
}

}  // namespace tpc::driver
