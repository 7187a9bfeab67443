#include "driver/report/comparison_report.h"

#include "driver/report/json.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "driver/report/end_values.h"
#include "driver/report/measures.h"
#include "driver/report/run_json.h"
#include "driver/report/table.h"
#include "driver/report/vectors_report.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

/// null: it has not been computed.
Json limit_spread(const Comparison& comparison) {
  const std::optional<StartSpread> spread = comparison.limit.spread();
  return spread ? Json(rms_spread(*spread)) : Json();
}

std::vector<std::string> analogies_of(const TrainingPlan& plan) {
  std::vector<std::string> names;
  for (const ObservedVectors& observed : plan.vectors) {
    if (observed.kind == sema::NamedVectors::Kind::analogies) names.push_back(observed.name);
  }
  return names;
}

std::string exact_answers_cell(const std::string& name, const Trajectory& run) {
  const auto exact = exact_answers(name, run);
  return exact ? percent_with_error(exact->share, exact->error) : "-";
}

bool is_kernel(const Session& session) { return session.compilation->classification->regime == passes::Regime::kernel; }

/// Adds what a width says of measures and vectors to its entry: not the arrays over examples.
void add_observed(Json& entry, const Session& session, const Json& values) {
  if (!values.contains("observe")) return;
  const Json& all = values.at("observe");
  const Json errors = values.value("observe_stderr", Json());
  for (const MeasureColumn& measure : measure_columns(session.plan)) {
    entry["observe"][measure.name] = all.at(measure.name);
    if (errors.is_object()) entry["observe_stderr"][measure.name] = errors.at(measure.name);
  }
  for (const ObservedVectors& vectors : session.plan.vectors) {
    if (all.contains(vectors.name)) entry["observe"][vectors.name] = all.at(vectors.name);
  }
}

/// A final value that networks, the limit, and other settings of the file beside them have: by name, as the last may
/// lack one.
using Cell = std::function<std::string(const Session&, const Trajectory&)>;
struct Column {
  std::string heading;
  Cell cell;
};

std::string final_loss(const Session& session, const Trajectory& run) {
  const EndValue loss = final_training_loss(session.plan, run);
  return value_with_error(loss.value, loss.error);
}

std::string final_accuracy(const std::string& set, const Trajectory& run) {
  const auto series = std::ranges::find(run.accuracy, set, &RecordedSeries::name);
  if (series == run.accuracy.end()) return "-";
  const Estimates& values = series->values;
  return percent_with_error(values.mean.back(), values.error_at(values.mean.size() - 1));
}

std::string final_measure(const std::string& name, const Session& session, const Trajectory& run) {
  const std::vector<MeasureColumn> measures = measure_columns(session.plan);
  const auto measure = std::ranges::find(measures, name, &MeasureColumn::name);
  return measure == measures.end() ? "-" : measure_cell(*measure, run, run.steps_recorded.size() - 1);
}

std::vector<Column> result_columns(const Session& session, const Trajectory& limit) {
  std::vector<Column> columns = {{"final loss", final_loss}};
  for (const RecordedSeries& series : limit.accuracy) {
    columns.push_back({"accuracy on " + series.name, [name = series.name](const Session&, const Trajectory& run) {
                         return final_accuracy(name, run);
                       }});
  }
  for (const MeasureColumn& measure : measure_columns(session.plan)) {
    columns.push_back({measure.name, [name = measure.name](const Session& of, const Trajectory& run) {
                         return final_measure(name, of, run);
                       }});
  }
  for (const std::string& name : analogies_of(session.plan)) {
    columns.push_back(
        {"exact: " + name, [name](const Session&, const Trajectory& run) { return exact_answers_cell(name, run); }});
  }
  return columns;
}

/// Widths, the limit, and what stands beside it, a row each.
std::string result_table(const Session& session, const Comparison& comparison, const std::vector<Beside>& besides) {
  const Trajectory& limit = comparison.reference;
  const bool outputs = !limit.outputs.empty();  // else only measures were recorded
  std::vector<std::string> headings = {"width", "networks"};
  if (outputs) headings.push_back(comparison.random_start ? "rms distance of the means" : "rms distance to the limit");
  const size_t leading = headings.size();
  const std::vector<Column> columns = result_columns(session, limit);
  for (const Column& column : columns) headings.push_back(column.heading);
  Table table(headings);
  const auto add = [&](std::vector<std::string> cells, const Session& of, const Trajectory& run) {
    cells.resize(leading);
    for (const Column& column : columns) cells.push_back(column.cell(of, run));
    table.add(std::move(cells));
  };
  for (const auto& [difference, mean, networks] : comparison.widths) {
    add({std::to_string(difference.width), std::to_string(networks.size()),
         outputs ? value_with_error(difference.mean, difference.error) : ""},
        session, mean);
  }
  if (limit.complete()) add({"infinite"}, session, limit);
  for (const Beside& beside : besides) {
    if (beside.trajectory.complete()) add({beside.variant.name}, *beside.session, beside.trajectory);
  }
  return table.text();
}

std::string random_start_text(const Comparison& comparison) {
  std::string text =
      "The initial function is a Gaussian process: single networks differ from each other at every width, and their\n"
      "means tend to the limit's mean. The error of a distance is the standard error of the mean over networks; more\n"
      "`--seeds` make it smaller.\nspread of the outputs over networks (rms standard deviation):";
  for (const auto& [difference, mean, networks] : comparison.widths) {
    text += fmt::format(" {:.4g} at width {},", rms_error(mean) * std::sqrt(static_cast<double>(networks.size())),
                        difference.width);
  }
  const std::optional<StartSpread> spread = comparison.limit.spread();
  return text + (spread ? fmt::format(" {:.4g} in the limit\n", rms_spread(*spread)) : " not computed in the limit\n");
}

/// The settings as they were given, and what `tpc run` says with them.
Json beside_json(const Beside& beside) {
  Json json = limit_json(*beside.session, beside.run);
  json["name"] = beside.variant.name;
  json["settings"] = beside.variant.values;
  return json;
}

}  // namespace

Json comparison_json(const Session& session, const Comparison& comparison, const std::vector<Beside>& besides) {
  Json json;
  json["model"] = session.program().model;
  json["parametrization"] = session.program().parametrization;
  json["regime"] = std::string(passes::regime_name(session.compilation->classification->regime));
  json["limit"] = limit_json(session, comparison.limit);
  json["widths"] = Json::array();
  for (const auto& [difference, mean, networks] : comparison.widths) {
    const auto count = static_cast<int64_t>(networks.size());
    const WidthRun run{mean, difference.width, count, comparison.limit.choice.settings.seed, 0.0};
    Json entry = {{"width", difference.width},
                  {"seeds", count},
                  {"difference", difference.mean},
                  {"difference_stderr", difference.error}};
    if (comparison.random_start) entry["spread"] = rms_error(mean) * std::sqrt(static_cast<double>(count));
    const Json values = width_json(session, run);
    for (const char* key : {"loss", "loss_stderr", "set_loss", "set_loss_stderr", "accuracy", "accuracy_stderr"}) {
      if (values.contains(key)) entry[key] = values[key];
    }
    add_observed(entry, session, values);
    json["widths"].push_back(std::move(entry));
  }
  if (!besides.empty()) json["beside"] = Json::array();
  for (const Beside& beside : besides) json["beside"].push_back(beside_json(beside));
  // In the kernel regime what is left at width n is of order n^{-r} and of the initial function, not only n^{-1/2}.
  const bool kernel = is_kernel(session);
  json["limit_stderr"] = rms_error(comparison.reference);
  json["difference_of"] = comparison.random_start ? "means" : "networks";
  if (comparison.random_start) json["limit_spread"] = limit_spread(comparison);
  json["fit"] = comparison.fit ? Json{{"exponent", comparison.fit->exponent},
                                      {"stderr", comparison.fit->error},
                                      {"expected", kernel ? Json() : Json(expected_exponent)}}
                               : Json();
  if (comparison.interrupted) json["interrupted"] = true;
  add_divergence(json, comparison.diverged);
  json["seconds"] = {{"compile", session.compile_seconds + comparison.limit.compile_seconds},
                     {"run", comparison.limit.run_seconds},
                     {"networks", comparison.seconds}};
  return json;
}

std::string comparison_text(const Session& session, const Comparison& comparison, const std::vector<Beside>& besides) {
  const Trajectory& limit = comparison.reference;
  std::string text = fmt::format("{} ({}): finite widths against the limit ({})\n\n", session.program().model,
                                 session.program().parametrization, describe_method(comparison.limit.choice.settings));
  text += result_table(session, comparison, besides);
  const bool outputs = !limit.outputs.empty();
  if (outputs)
    text += fmt::format("\ndistance: root mean square over data sets, {} recorded steps, examples and outputs\n",
                        limit.steps_recorded.size());
  if (comparison.random_start) text += random_start_text(comparison);
  const double limit_error = rms_error(limit);
  if (limit_error > 0.0) text += fmt::format("the limit's own standard error: {:.2g}\n", limit_error);
  if (comparison.fit) {
    text += fmt::format("the distance shrinks like width^({}){}\n",
                        value_with_error(comparison.fit->exponent, comparison.fit->error),
                        is_kernel(session) ? "" : "; expected: width^(-1/2)");
  }
  for (const Beside& beside : besides) {
    const auto& diverged = beside.trajectory.diverged;
    if (diverged) text += fmt::format("{} diverged at step {}\n", beside.variant.name, diverged->step);
  }
  text += vectors_text(session.plan, limit);
  if (comparison.interrupted) text += "interrupted\n";
  if (comparison.diverged) text += fmt::format("diverged at step {}\n", comparison.diverged->step);
  return text;
}

}  // namespace tpc::driver
