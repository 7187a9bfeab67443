#include "evaluation/sources/csv.h"

#include <algorithm>
#include <string_view>

#include "evaluation/sources/cells.h"

namespace tpc::evaluation {
namespace {

class CsvReader {
 public:
  CsvReader(const std::string& path, const RowRange& range, std::size_t columns)
      : path_(path), range_(range), expected_columns_(columns), lines_(path) {}

  TableOrError read() {
    std::string line;
    while (!failed_ && (range_.last == 0 || data_row_ < range_.last) && lines_.next(line)) {
      if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
      add_line(line);
    }
    if (failed_) return error_;
    if (lines_.error()) return *lines_.error();
    return finished();
  }

 private:
  FileError error(std::size_t row, std::size_t column, std::string message) {
    return FileError{path_, row, column, std::move(message)};
  }
  void reject(std::size_t column, std::string message) {
    failed_ = true;
    error_ = error(lines_.number(), column, std::move(message));
  }

  void add_line(std::string_view line) {
    const bool first = separator_ == 0;
    if (first) separator_ = separator_of(line);
    if (first && is_header(line)) {
      header_ = trimmed(line);
      return;
    }
    ++data_row_;
    const bool wanted = data_row_ >= range_.first;
    std::size_t column = 0;
    std::string_view rest = trimmed(line);
    for (bool more = true; more && !failed_;) {
      const std::string_view cell = next_cell(rest, separator_, more);
      ++column;
      if (!wanted) continue;
      double value = 0.0;
      if (!is_finite_number(cell, value)) reject(column, why_no_finite_number(cell));
      table_.values.push_back(value);
    }
    if (failed_ || !wanted) return;
    if (expected_columns_ == 0) expected_columns_ = column;
    if (column != expected_columns_) {
      return reject(0, std::to_string(column) + " columns, but " + std::to_string(expected_columns_) + " are expected");
    }
    table_.columns = column;
    table_.lines.push_back(lines_.number());
    ++table_.rows;
  }

  [[nodiscard]] bool is_header(std::string_view line) const {
    return std::ranges::none_of(cells_of(line, separator_), is_number);
  }

  TableOrError finished() {
    if (data_row_ == 0) {
      const std::string skipped =
          header_.empty() ? "" : "; its first line, `" + header_.substr(0, 40) + "`, was read as a header";
      return error(0, 0, "has no rows of numbers" + skipped);
    }
    if (range_.first < 1 || range_.first > data_row_ || (range_.last != 0 && range_.last > data_row_) ||
        (range_.last != 0 && range_.last < range_.first)) {
      return error(0, 0,
                   "has " + std::to_string(data_row_) + " rows, not the rows " + std::to_string(range_.first) + " to " +
                       (range_.last == 0 ? std::string("the end") : std::to_string(range_.last)));
    }
    table_.names = cells_of(header_, separator_);
    if (header_.empty() || table_.names.size() != table_.columns) table_.names.clear();
    return std::move(table_);
  }

  std::string path_;
  RowRange range_;
  std::size_t expected_columns_;
  LineReader lines_;
  Table table_;
  std::size_t data_row_ = 0;
  char separator_ = 0;
  std::string header_;
  bool failed_ = false;
  FileError error_;
};

}  // namespace

TableOrError read_csv(const std::string& path, const RowRange& range, std::size_t columns) {
  return CsvReader(path, range, columns).read();
}

}  // namespace tpc::evaluation
