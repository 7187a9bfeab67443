#include "driver/sweep/sweep_file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "evaluation/data/file_error.h"
#include "evaluation/sources/cells.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

const std::string loss_column = "loss", loss_prefix = "loss_on_", accuracy_prefix = "accuracy_on_",
                  error_suffix = "_stderr";

std::string column_of(const EndValue& value) {
  switch (value.kind) {
    case EndValue::Kind::training_loss: return loss_column;
    case EndValue::Kind::set_loss: return loss_prefix + value.set;
    case EndValue::Kind::accuracy: return accuracy_prefix + value.set;
  }
  return {};
}

/// The value that a column has; empty: it has something else.
std::optional<EndValue> value_of_column(const std::string& column) {
  if (column.ends_with(error_suffix)) return {};
  EndValue value;
  if (column == loss_column) return value;
  const auto of = [&](EndValue::Kind kind, const std::string& prefix) {
    value.kind = kind;
    value.set = column.substr(prefix.size());
    return value;
  };
  if (column.starts_with(loss_prefix)) return of(EndValue::Kind::set_loss, loss_prefix);
  if (column.starts_with(accuracy_prefix)) return of(EndValue::Kind::accuracy, accuracy_prefix);
  return {};
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",;\" \n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string number_cell(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

std::string row_of(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells) row += (row.empty() && &cell == cells.data() ? "" : ",") + quoted(cell);
  return row + "\n";
}

std::string files_cell(const Provenance& provenance) {
  const auto text = [](const HashedFile& file) { return file.path + " sha256 " + file.sha256.value_or("unknown"); };
  std::string cell = text(provenance.program);
  for (const HashedFile& file : provenance.data) cell += ", " + text(file);
  return cell;
}

/// All values that some point has, in the order in which they come.
std::vector<std::string> value_columns(const PointResults& results) {
  std::vector<std::string> columns;
  for (const auto& result : results) {
    if (!result) continue;
    for (const EndValue& value : result->values) {
      const std::string column = column_of(value);
      if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
    }
  }
  return columns;
}

/// One row of the file.
PointResult result_of(evaluation::CellReader& cells) {
  PointResult result;
  result.reused = true;
  double number = 0.0;
  const auto cell = [&](const std::string& column) {
    const auto at = cells.has(column) ? cells.column(column) : std::nullopt;
    return at && evaluation::is_finite_number(cells.cell(*at), number) ? std::optional(number) : std::nullopt;
  };
  if (const auto step = cell("step")) result.diverged = static_cast<int64_t>(*step);
  result.seconds = cell("seconds").value_or(0.0);
  for (const std::string& column : cells.columns()) {
    auto value = value_of_column(column);
    const auto mean = value ? cell(column) : std::nullopt;
    if (!mean) continue;
    value->value = *mean;
    value->error = cell(column + error_suffix).value_or(std::nan(""));
    result.values.push_back(*value);
  }
  return result;
}

}  // namespace

SweepTable::SweepTable(const Options& sweep, const Provenance& from, const std::vector<SweepPoint>& all)
    : options(sweep), provenance(from), points(all) {
  for (const SweepPoint& point : points) fingerprints.push_back(fingerprint_of(provenance, options, point));
}

std::string SweepTable::text(const PointResults& results) const {
  std::vector<std::string> header;
  for (const SweptSetting& setting : options.swept) header.push_back(setting.name);
  header.insert(header.end(), {"param", "width", "status", "step"});
  const std::vector<std::string> values = value_columns(results);
  for (const std::string& column : values) header.insert(header.end(), {column, column + error_suffix});
  header.insert(header.end(), {"seconds", "seed", "tpc", "fingerprint", "files"});
  std::string text = row_of(header);
  for (size_t i = 0; i < points.size(); ++i) {
    if (!results[i]) continue;
    const PointResult& result = *results[i];
    std::vector<std::string> cells = points[i].values;
    cells.push_back(points[i].parametrization.value_or("file"));
    cells.push_back(points[i].width == 0 ? "inf" : std::to_string(points[i].width));
    cells.push_back(result.diverged ? "diverged" : "ok");
    cells.push_back(result.diverged ? std::to_string(*result.diverged) : "");
    for (const std::string& column : values) {
      const auto value = std::ranges::find(result.values, column, column_of);
      const bool known = value != result.values.end();
      cells.push_back(known ? number_cell(value->value) : "");
      cells.push_back(known ? number_cell(value->error) : "");
    }
    cells.insert(cells.end(), {fmt::format("{:.3f}", result.seconds), std::to_string(options.seed), provenance.version,
                               fingerprints[i], files_cell(provenance)});
    text += row_of(cells);
  }
  return text;
}

std::string SweepTable::read(const std::string& path, PointResults& results) const {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  if (ignored || size == 0) return "";
  evaluation::CellReader cells(path);
  if (!cells.error() && !cells.has("fingerprint")) return "it is no table of `tpc sweep`";
  const auto fingerprint = cells.error() ? std::nullopt : cells.column("fingerprint");
  while (cells.next()) {
    const auto point = std::ranges::find(fingerprints, cells.cell(*fingerprint));
    if (point == fingerprints.end()) {
      return fmt::format("row {} is no point of this sweep: another program, data, version or settings", cells.line());
    }
    results[static_cast<size_t>(point - fingerprints.begin())] = result_of(cells);
  }
  return cells.error() ? fmt::format("row {}: {}", cells.error()->row, cells.error()->message) : "";
}

}  // namespace tpc::driver
