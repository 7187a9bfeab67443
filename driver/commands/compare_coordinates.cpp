/// \file `tpc compare --coords`: prints the coordinate check.
#include "driver/commands/compare_coordinates.h"

#include <cmath>

#include "driver/commands/write_result.h"
#include "driver/report/json.h"
#include "driver/report/plot/coordinate_plot.h"
#include "driver/report/provenance_json.h"
#include "driver/report/run_json.h"
#include "driver/report/table.h"
#include "driver/session.h"
#include "driver/terminal/terminal_monitor.h"
#include "evaluation/experiment/compare.h"
#include "evaluation/experiment/coordinate_check.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

constexpr int64_t default_seeds = 3;

Json slope_json(const MeasuredSlope& measured) {
  return {{"slope", measured.slope ? Json(*measured.slope) : Json()},
          {"stderr", measured.slope && !std::isnan(measured.error) ? Json(measured.error) : Json()},
          {"predicted", measured.predicted ? Json(measured.predicted->str()) : Json()},
          {"disagrees", measured.disagrees()}};
}

Json check_json(const Session& session, const CoordinateCheck& check, const std::vector<int64_t>& widths,
                int64_t seeds) {
  Json json = {{"model", session.program().model},
               {"parametrization", session.program().parametrization},
               {"widths", widths},
               {"seeds", seeds},
               {"values", Json::array()}};
  for (const CheckedValue& checked : check.values) {
    Json steps = Json::array();
    for (size_t t = 0; t < check.steps.size(); ++t) {
      steps.push_back({{"step", check.steps[t]},
                       {"value", slope_json(checked.value[t])},
                       {"change", slope_json(checked.change[t])}});
    }
    json["values"].push_back({{"name", checked.name}, {"steps", std::move(steps)}});
  }
  if (check.interrupted) json["interrupted"] = true;
  add_divergence(json, check.diverged);
  return json;
}

std::string slope_text(const MeasuredSlope& measured) {
  return measured.slope ? value_with_error(*measured.slope, measured.error) : "-";
}

std::string mark(const MeasuredSlope& measured) {
  if (!measured.disagrees()) return "";
  const bool smaller = measured.predicted->finite() && *measured.slope < measured.predicted->rational().value();
  return smaller ? "below the bound" : "ABOVE";
}

std::string predicted_text(const MeasuredSlope& slope) {
  if (!slope.predicted) return "";
  return slope.predicted->finite() ? slope.predicted->str() : "-";
}

std::string check_text(const Session& session, const CoordinateCheck& check) {
  std::string text = fmt::format("{} ({}): powers of the width, measured and predicted\n\n", session.program().model,
                                 session.program().parametrization);
  Table table({"value", "step", "size ~ n^", "predicted", "", "change ~ n^", "predicted", ""});
  for (const CheckedValue& checked : check.values) {
    for (size_t t = 0; t < check.steps.size(); ++t) {
      const MeasuredSlope &value = checked.value[t], &change = checked.change[t];
      const bool starts = check.steps[t] == 0;
      table.add({t == 0 ? checked.name : "", std::to_string(check.steps[t]), slope_text(value), predicted_text(value),
                 mark(value), starts ? "" : slope_text(change), starts ? "" : predicted_text(change),
                 starts ? "" : mark(change)});
    }
  }
  text += table.text();
  text +=
      "\nsize: root mean square over coordinates, examples and networks. Marked: off by more than 0.15 and three\n"
      "standard errors. Predictions are upper bounds for late steps; -: exactly 0, or not finite.\n";
  if (const auto& width = *session.compilation->width; !width.settles) {
    text +=
        fmt::format("This program is unstable: something grows after {}, and nothing is predicted of later steps.\n",
                    width.steps == 1 ? "one step" : fmt::format("{} steps", width.steps));
  }
  return text + (check.interrupted ? "interrupted\n" : "");
}

}  // namespace

int compare_coordinates(const Options& options) {
  const auto session = start_session(options, Stage::classification);
  if (!session) return exit_user_error;
  const Compilation& compilation = *session->compilation;
  const CoordinateCheckSettings settings{distinct_widths(options.widths),
                                         options.seeds == 0 ? default_seeds : options.seeds, options.seed,
                                         options.threads};
  TerminalMonitor monitor;
  const auto check =
      check_coordinates(session->problem(monitor), *compilation.training_step, *compilation.width, settings);
  const bool failed = print_diagnostics(*session->compilation);
  if (!check) return exit_user_error;
  Json json = check_json(*session, *check, settings.widths, settings.seeds);
  json["provenance"] = provenance_json(compilation, options);
  const bool written = write_result(*session->compilation, options, json, check_text(*session, *check)) &&
                       (options.plot.empty() || check->values.empty() ||
                        write_picture(*session->compilation, options.plot, coordinate_svg(*session, *check)));
  if (!written) return exit_user_error;
  return failed ? exit_user_error : check->interrupted ? exit_interrupted : exit_success;
}

}  // namespace tpc::driver
