/// \file `tpc simulate`: the same program at a finite width.
#include <iostream>

#include "driver/commands/commands.h"
#include "driver/commands/write_result.h"
#include "driver/report/json.h"
#include "driver/report/provenance_json.h"
#include "driver/report/run_json.h"
#include "driver/report/training_table.h"
#include "driver/terminal/terminal_monitor.h"
#include "evaluation/width/width_run.h"
#include "fmt/format.h"

namespace tpc::driver {

int command_simulate(const Options& options) {
  const auto session = start_session(options, Stage::classification);
  if (!session) return exit_user_error;
  TerminalMonitor monitor;
  const auto run = run_width(session->problem(monitor), *session->compilation->training_step,
                             {options.width, options.seeds == 0 ? 1 : options.seeds, options.seed, options.threads});
  const bool failed = print_diagnostics(*session->compilation);
  if (!run) return exit_user_error;
  const std::string text =
      fmt::format("{} ({}) at width {}: {} network{}\n\n", session->program().model, session->program().parametrization,
                  run->width, run->seeds, run->seeds == 1 ? "" : "s, standard errors of the mean") +
      training_table(*session, run->trajectory);
  Json json = width_json(*session, *run);
  json["provenance"] = provenance_json(*session->compilation, options);
  const bool written = write_result(*session->compilation, options, json, text) &&
                       write_run_plot(*session, options, run->trajectory, fmt::format("at width {}", run->width));
  if (!written) return exit_user_error;
  if (!options.json()) std::cerr << fmt::format("ran in {:.2f} s\n", run->run_seconds);
  return failed ? exit_user_error : run->trajectory.interrupted ? exit_interrupted : exit_success;
}

}  // namespace tpc::driver
