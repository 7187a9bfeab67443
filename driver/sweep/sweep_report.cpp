#include "driver/sweep/sweep_report.h"

#include <algorithm>
#include <cmath>

#include "driver/report/json.h"
#include "driver/report/provenance_json.h"
#include "driver/report/table.h"
#include "fmt/format.h"

namespace tpc::driver {
using Kind = EndValue::Kind;

std::string heading_of(const EndValue& value) {
  switch (value.kind) {
    case Kind::training_loss: return "training loss";
    case Kind::set_loss: return "loss on " + value.set;
    case Kind::accuracy: return "accuracy on " + value.set;
  }
  return {};
}

/// Without the loss on the training set, which is there as the training loss.
std::vector<EndValue> measured_columns(const SweepResult& sweep) {
  for (const auto& result : sweep.run.results) {
    if (!result || result->diverged) continue;
    std::vector<EndValue> columns = result->values;
    std::erase_if(columns, [&](const EndValue& value) {
      return value.kind == Kind::set_loss && value.set == sweep.training_set;
    });
    return columns;
  }
  return {};
}

const EndValue* find_value(const PointResult& result, const EndValue& column) {
  const auto found = std::ranges::find_if(
      result.values, [&](const EndValue& value) { return value.kind == column.kind && value.set == column.set; });
  return found == result.values.end() ? nullptr : &*found;
}

namespace {

std::string cell_of(const EndValue& value) {
  return value.kind == Kind::accuracy ? percent_with_error(value.value, value.error)
                                      : value_with_error(value.value, value.error);
}

/// By which points are judged.
std::optional<EndValue> criterion(const SweepResult& sweep) {
  const std::vector<EndValue> columns = measured_columns(sweep);
  if (columns.empty()) return {};
  const auto held_out = std::ranges::find(columns, Kind::set_loss, &EndValue::kind);
  return held_out == columns.end() ? columns.front() : *held_out;
}

std::string best_text(const SweepResult& sweep) {
  const auto best = best_point(sweep);
  if (!best) return "no point came to an end\n";
  const EndValue by = *criterion(sweep);
  return fmt::format("best by the {}: {}, {}\n", heading_of(by),
                     name_of(sweep.table.options, sweep.table.points[*best]),
                     cell_of(*find_value(*sweep.run.results[*best], by)));
}

/// An optional number: null without.
Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json point_json(const SweepResult& sweep, size_t index) {
  const Options& options = sweep.table.options;
  const SweepPoint& point = sweep.table.points[index];
  const PointResult& result = *sweep.run.results[index];
  Json json = {{"settings", Json::object()}};
  for (size_t i = 0; i < point.values.size(); ++i) json["settings"][options.swept[i].name] = point.values[i];
  json["param"] = point.parametrization ? Json(*point.parametrization) : Json();
  json["width"] = point.width == 0 ? Json() : Json(point.width);
  for (const EndValue& value : result.values) {
    if (value.kind == Kind::training_loss) {
      json["loss"] = value.value;
      json["loss_stderr"] = number_or_null(value.error);
      continue;
    }
    const std::string key = value.kind == Kind::set_loss ? "set_loss" : "accuracy";
    json[key][value.set] = value.value;
    json[key + "_stderr"][value.set] = number_or_null(value.error);
  }
  if (result.diverged) json["diverged"] = {{"step", *result.diverged}};
  json["seconds"] = result.seconds;
  json["fingerprint"] = sweep.table.fingerprints[index];
  json["reused"] = result.reused;
  return json;
}

}  // namespace

std::optional<size_t> best_point(const SweepResult& sweep) {
  const auto by = criterion(sweep);
  std::optional<size_t> best;
  double least = 0.0;
  for (size_t i = 0; by && i < sweep.run.results.size(); ++i) {
    const auto& result = sweep.run.results[i];
    const EndValue* value = result ? find_value(*result, *by) : nullptr;
    if (value == nullptr || (best && value->value >= least)) continue;
    best = i;
    least = value->value;
  }
  return best;
}

std::string sweep_text(const SweepResult& sweep) {
  const Options& options = sweep.table.options;
  const std::vector<EndValue> columns = measured_columns(sweep);
  std::vector<std::string> headings;
  for (const SweptSetting& setting : options.swept) headings.push_back(setting.name);
  headings.insert(headings.end(), {"param", "width"});
  for (const EndValue& column : columns) headings.push_back(heading_of(column));
  if (columns.empty()) headings.emplace_back("training loss");
  headings.emplace_back("");
  Table table(headings);
  const auto best = best_point(sweep);
  for (size_t i = 0; i < sweep.table.points.size(); ++i) {
    const auto& result = sweep.run.results[i];
    if (!result) continue;
    const SweepPoint& point = sweep.table.points[i];
    std::vector<std::string> cells = point.values;
    cells.push_back(point.parametrization.value_or("(file)"));
    cells.push_back(point.width == 0 ? "infinite" : std::to_string(point.width));
    if (result->diverged) cells.push_back(fmt::format("diverged at step {}", *result->diverged));
    for (const EndValue& column : columns) {
      const EndValue* value = find_value(*result, column);
      if (value != nullptr) cells.push_back(cell_of(*value));
    }
    cells.resize(headings.size());
    if (best == i) cells.back() = "best";
    table.add(std::move(cells));
  }
  std::string text =
      fmt::format("{}: {} of {} points\n\n{}\n{}", sweep.model,
                  std::ranges::count_if(sweep.run.results, [](const auto& each) { return each.has_value(); }),
                  sweep.table.points.size(), table.text(), best_text(sweep));
  return text + (sweep.run.interrupted ? "interrupted\n" : "");
}

Json sweep_json(const SweepResult& sweep) {
  const Options& options = sweep.table.options;
  Json json = {{"model", sweep.model}, {"swept", Json::object()}, {"points", Json::array()}};
  for (const SweptSetting& setting : options.swept) json["swept"][setting.name] = setting.values;
  const auto best = best_point(sweep);
  json["best"] = nullptr;
  for (size_t i = 0; i < sweep.run.results.size(); ++i) {
    if (best == i) json["best"] = json["points"].size();
    if (sweep.run.results[i]) json["points"].push_back(point_json(sweep, i));
  }
  json["failed"] = sweep.run.failed;
  json["compilations"] = sweep.run.compilations;
  if (sweep.run.interrupted) json["interrupted"] = true;
  json["provenance"] = provenance_json(sweep.table.provenance, options);
  json["seconds"] = sweep.run.seconds;
  return json;
}

}  // namespace tpc::driver
