#include "evaluation/data/named_cells.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "evaluation/sources/cells.h"

namespace tpc::evaluation {
namespace {

std::optional<double> number_of(const std::string& text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<double> value_of(CellReader& reader, size_t column, const CellColumn& kind) {
  const std::string& cell = reader.cell(column);
  if (kind.names == nullptr) {
    const auto number = number_of(cell);
    if (!number) reader.reject(column, "'" + cell + "' is not a number");
    return number;
  }
  if (cell.empty() && kind.may_be_absent) return -1.0;
  const int64_t index = kind.names->find(cell);
  if (index >= 0) return static_cast<double>(index);
  reader.reject(column, "'" + cell + "' is none of the " + std::to_string(kind.names->size()) + " names");
  return std::nullopt;
}

}  // namespace

TableOrError read_named_cells(const std::string& path, const RowRange& range, const std::vector<CellColumn>& columns) {
  CellReader reader(path);
  if (!reader.error() && reader.columns().size() != columns.size()) {
    return FileError{
        path, 0, 0,
        std::to_string(reader.columns().size()) + " columns, but " + std::to_string(columns.size()) + " are expected"};
  }
  Table table;
  table.columns = columns.size();
  size_t row = 0;
  while ((range.last == 0 || row < range.last) && reader.next()) {
    if (++row < range.first) continue;
    for (size_t column = 0; column < columns.size(); ++column) {
      const auto value = value_of(reader, column, columns[column]);
      if (!value) return *reader.error();
      table.values.push_back(*value);
    }
    table.lines.push_back(reader.line());
    ++table.rows;
  }
  if (reader.error()) return *reader.error();
  if (table.rows == 0 || row < range.last) return FileError{path, 0, 0, "has " + std::to_string(row) + " rows"};
  return table;
}

}  // namespace tpc::evaluation
