#include <algorithm>
#include <cmath>

#include "driver/report/end_values.h"
#include "driver/report/page/sections.h"
#include "driver/report/plot/compare_plot.h"
#include "driver/report/table.h"
#include "fmt/format.h"

namespace tpc::driver::page {
namespace {

constexpr size_t most_outputs = 10;  // curves in one picture

std::string name_of(const EndValue& value) {
  switch (value.kind) {
    case EndValue::Kind::training_loss: return "training loss";
    case EndValue::Kind::set_loss: return "loss on " + value.set;
    case EndValue::Kind::accuracy: break;
  }
  return "accuracy on " + value.set;
}

std::string text_of(const EndValue& value) {
  return value.kind == EndValue::Kind::accuracy ? percent_with_error(value.value, value.error)
                                                : value_with_error(value.value, value.error);
}

/// Curves of the outputs of the first examples of a set.
std::string outputs_figure(const Session& session, const RecordedSeries& series, const Trajectory& run) {
  const auto numbers = static_cast<size_t>(series.numbers()), outputs = static_cast<size_t>(session.plan.outputs);
  const size_t shown = std::min(numbers, std::max(outputs, most_outputs / outputs * outputs));
  if (shown == 0 || shown > most_outputs || run.steps_recorded.size() < 2) return "";
  svg::Axis x{"step", 0.0, static_cast<double>(run.steps_recorded.back()), false, {}}, y;
  double least = series.values.mean.front(), most = least;
  for (size_t i = 0; i < series.values.mean.size(); ++i) {
    if (i % numbers >= shown) continue;
    least = std::min(least, series.values.mean[i]), most = std::max(most, series.values.mean[i]);
  }
  const double room = most > least ? 0.08 * (most - least) : 1.0;
  y.minimum = least - room, y.maximum = most + room;
  svg::Panel panel(svg::page_panel_place, "", x, y);
  for (size_t j = 0; j < shown; ++j) {
    std::vector<svg::Point> middle, lower, upper;
    for (size_t t = 0; t < run.steps_recorded.size(); ++t) {
      const double step = static_cast<double>(run.steps_recorded[t]), value = series.values.mean[t * numbers + j];
      const double error = series.values.error_at(t * numbers + j), half = std::isnan(error) ? 0.0 : 2.0 * error;
      middle.push_back({step, value}), lower.push_back({step, value - half}), upper.push_back({step, value + half});
    }
    panel.band(lower, upper, svg::color(j));
    panel.curve(middle, {svg::color(j), 1.8, j >= 6, 1.0});
  }
  const std::string title = (shown < numbers ? "first outputs on " : "outputs on ") + series.name;
  const std::string of_each = outputs > 1 ? fmt::format(", {} outputs each", outputs) : "";
  return figure(
      title, svg::page_panel(title, panel.text()),
      fmt::format("{} of {} examples, in the order of the data{}", shown / outputs, numbers / outputs, of_each));
}

std::string random_start_note(const InfiniteWidthRun& limit) {
  if (!limit.random_start()) return "";
  return paragraph(
      "The initial function is a Gaussian process. Curves are means over it, or the trajectory from the function 0 "
      "where "
      "no means were computed.");
}

}  // namespace

std::string missing_training(const Material& material) {
  if (!material.no_training.empty()) return note("There is no training.", material.no_training);
  if (!material.no_limit.empty()) return note("There is no limit to train.", material.no_limit);
  return note("The limit could not be trained.", material.said_of_training);
}

Section training_section(const Material& material) {
  Section section{"training", "Training at infinite width", ""};
  if (!material.comparison) {
    section.html = missing_training(material);
    return section;
  }
  const Session& session = *material.session;
  const InfiniteWidthRun& limit = material.comparison->limit;
  const Trajectory& run = material.comparison->reference;
  section.html =
      paragraph(fmt::format("Expectations: {} ({}).", describe_method(limit.choice.settings), limit.choice.why));
  section.html += random_start_note(limit);
  if (!material.said_of_training.empty()) section.html += note("Warnings:", material.said_of_training);
  if (run.complete() && !run.steps_recorded.empty()) {
    std::vector<std::vector<std::string>> rows;
    for (const EndValue& value : end_values(session.plan, run)) rows.push_back({name_of(value), text_of(value)});
    section.html += table({{"after training"}, {"infinite width", true}}, rows);
  }
  if (run.steps_recorded.empty()) return section;
  std::string pictures;
  for (const PagePicture& each : comparison_pictures(session, run, {}, {})) pictures += figure(each.title, each.svg);
  for (const RecordedSeries& series : run.outputs) pictures += outputs_figure(session, series, run);
  section.html += figures(pictures) + paragraph("Bands: two standard errors of the limit.");
  return section;
}

}  // namespace tpc::driver::page
