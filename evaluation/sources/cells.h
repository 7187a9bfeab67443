/// \file Text tables with names of columns: splits, episodes, ratings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/sources/lines.h"
#include "evaluation/sources/table.h"

namespace tpc::evaluation {

/// `;` if the line has one, else `,`, else a blank.
char separator_of(std::string_view line);

/// Cuts the next cell off the line; `more` tells whether another one follows. Within quotes a doubled one stands for
/// itself and is left as it is (unquoted). A quote that never closes takes the rest.
std::string_view next_cell(std::string_view& line, char separator, bool& more);

/// All cells of a line, doubled quotes undone.
std::vector<std::string> cells_of(std::string_view line, char separator);

/// Whether a cell is a number, be it infinite or none.
bool is_number(std::string_view cell);
/// Whether a cell is a finite number. Underflow is as good as 0.
bool is_finite_number(std::string_view cell, double& value);
/// Why it is none: "'x' is not a number".
std::string why_no_finite_number(std::string_view cell);

/// A text file whose first line names its columns, a row at a time. Separators and quotes as in read_csv; empty lines
/// and those that begin with `#` are skipped. Errors: as of LineReader; the file is empty or has more than 65,536
/// columns; a row has another number of cells than there are columns.
class CellReader {
 public:
  explicit CellReader(const std::string& path);

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] bool has(std::string_view name) const;
  /// The index of a column. If there is none of this name, or more than one: an error that says which there are.
  std::optional<std::size_t> column(std::string_view name);

  /// The next row. False: there is none, or an error.
  bool next();
  [[nodiscard]] const std::string& cell(std::size_t column) const { return cells_[column]; }
  /// The cell as a whole number; otherwise an error.
  std::optional<std::int64_t> whole(std::size_t column);
  [[nodiscard]] std::size_t line() const { return lines_.number(); }
  [[nodiscard]] const std::string& path() const { return lines_.path(); }

  /// The first error.
  [[nodiscard]] const std::optional<FileError>& error() const { return error_; }
  /// Makes this the error if there is none. column: from 0.
  void reject(std::optional<std::size_t> column, std::string message);
  void reject_at(FileError error);

 private:
  [[nodiscard]] std::string no_column(std::string_view name) const;
  bool next_line();

  LineReader lines_;
  std::string text_;
  char separator_ = ',';
  std::vector<std::string> columns_, cells_;
  std::optional<FileError> error_;
};

}  // namespace tpc::evaluation
