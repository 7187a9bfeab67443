/// \file `tpc compare`: finite widths against the limit.
#include <iostream>

#include "driver/beside.h"
#include "driver/commands/commands.h"
#include "driver/commands/compare_coordinates.h"
#include "driver/commands/write_result.h"
#include "driver/report/comparison_report.h"
#include "driver/report/json.h"
#include "driver/report/plot/compare_plot.h"
#include "driver/report/provenance_json.h"
#include "driver/settings.h"
#include "driver/terminal/terminal_monitor.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

bool write_plot(const Session& session, const Options& options, const Comparison& comparison,
                const std::vector<Beside>& besides) {
  if (options.plot.empty() || comparison.widths.empty()) return true;
  const std::string picture = comparison_svg(session, comparison.reference, comparison.widths, comparison.fit, besides);
  return write_picture(*session.compilation, options.plot, picture);
}

}  // namespace

int command_compare(const Options& options) {
  if (options.coordinates) return compare_coordinates(options);
  const auto session = start_session(options, Stage::limit);
  std::vector<Beside> besides;
  if (!session || !start_besides(options, besides)) return exit_user_error;
  TerminalMonitor monitor;
  const auto comparison = compare(session->problem(monitor), session->derived(), *session->compilation->training_step,
                                  {options.widths, options.seeds, evaluation_settings(options)});
  bool failed = print_diagnostics(*session->compilation);
  if (!comparison) return exit_user_error;
  bool interrupted = comparison->interrupted;
  if (interrupted) besides.clear();
  if (!train_besides(options, monitor, besides)) failed = true;
  if (!besides.empty()) interrupted = besides.back().trajectory.interrupted;
  print_method(options, comparison->limit.choice);
  Json json = comparison_json(*session, *comparison, besides);
  json["provenance"] = provenance_json(*session->compilation, options);
  const bool written =
      write_result(*session->compilation, options, json, comparison_text(*session, *comparison, besides)) &&
      write_plot(*session, options, *comparison, besides);
  if (!written) return exit_user_error;
  if (!options.json()) {
    std::cerr << fmt::format("limit in {:.2f} s, networks in {:.2f} s\n", comparison->limit.run_seconds,
                             comparison->seconds);
  }
  return failed ? exit_user_error : interrupted ? exit_interrupted : exit_success;
}

}  // namespace tpc::driver
