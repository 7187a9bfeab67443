#include "evaluation/data/named_cells.h"

#include <algorithm>
#include <optional>

#include "evaluation/sources/cells.h"

namespace tpc::evaluation {
namespace {

/// One column of the result.
struct Column {
  size_t at = 0;  ///< in the file
  const FieldCells* field = nullptr;
};

std::optional<double> value_of(CellReader& reader, const Column& column) {
  const std::string& cell = reader.cell(column.at);
  const FieldCells& kind = *column.field;
  if (kind.names == nullptr) {
    double number = 0.0;
    if (is_finite_number(cell, number)) return number;
    reader.reject(column.at, why_no_finite_number(cell));
    return std::nullopt;
  }
  if (cell.empty() && kind.may_be_absent) return -1.0;
  const int64_t index = kind.names->find(cell);
  if (index >= 0) return static_cast<double>(index);
  reader.reject(column.at, "'" + cell + "' is none of the " + std::to_string(kind.names->size()) + " names");
  return std::nullopt;
}

std::string columns_text(size_t count) { return std::to_string(count) + (count == 1 ? " column" : " columns"); }

/// Where the columns of a field stand. Ends early at an error, which the reader has then.
std::vector<size_t> places_of(CellReader& reader, const FieldCells& field) {
  std::vector<size_t> places;
  for (const auto& [first, last] : field.columns) {
    const auto begin = reader.column(first), end = last.empty() ? begin : reader.column(last);
    if (!begin || !end) return places;
    if (*end < *begin) {
      reader.reject(std::nullopt, "`" + last + "` stands before `" + first + "`");
      return places;
    }
    for (size_t at = *begin; at <= *end; ++at) {
      if (reader.columns()[at].empty())
        reader.reject(at, "a column between `" + first + "` and `" + last + "` has no name");
      places.push_back(at);
    }
  }
  if (places.size() == field.size) return places;
  reader.reject(std::nullopt, "`" + field.field + "` takes " + columns_text(field.size) + ", and there are " +
                                  std::to_string(places.size()) + " with these names");
  return places;
}

/// Side by side, and no others.
std::vector<Column> columns_in_order(CellReader& reader, const std::vector<FieldCells>& fields) {
  std::vector<Column> columns;
  for (const FieldCells& field : fields) {
    for (size_t i = 0; i < field.size; ++i) columns.push_back({columns.size(), &field});
  }
  if (!reader.error() && reader.columns().size() != columns.size()) {
    reader.reject_at(
        {reader.path(), 0, 0,
         columns_text(reader.columns().size()) + ", but " + std::to_string(columns.size()) + " are expected"});
  }
  return columns;
}

std::vector<Column> columns_by_name(CellReader& reader, const std::vector<FieldCells>& fields) {
  std::vector<Column> columns;
  for (const FieldCells& field : fields) {
    if (reader.error()) break;
    for (const size_t at : places_of(reader, field)) columns.push_back({at, &field});
  }
  return columns;
}

}  // namespace

TableOrError read_named_cells(const std::string& path, const RowRange& range, const std::vector<FieldCells>& fields) {
  CellReader reader(path);
  const bool by_name = std::ranges::any_of(fields, [](const FieldCells& field) { return !field.columns.empty(); });
  const std::vector<Column> columns = by_name ? columns_by_name(reader, fields) : columns_in_order(reader, fields);
  Table table;
  table.columns = columns.size();
  size_t row = 0;
  while (!reader.error() && (range.last == 0 || row < range.last) && reader.next()) {
    if (++row < range.first) continue;
    for (const Column& column : columns) {
      const auto value = value_of(reader, column);
      if (!value) return *reader.error();
      table.values.push_back(*value);
    }
    table.lines.push_back(reader.line());
    ++table.rows;
  }
  if (reader.error()) return *reader.error();
  if (table.rows == 0 || row < range.last) return FileError{path, 0, 0, "has " + std::to_string(row) + " rows"};
  for (const Column& column : columns) table.names.push_back(reader.columns()[column.at]);
  return table;
}

}  // namespace tpc::evaluation
