/// \file Numbers from a file, and what is wrong with a file.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace tpc::evaluation {

/// Row-major [rows, columns], all finite.
struct Table {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;
  std::vector<std::size_t> lines;  ///< of each row in its text file, from 1; empty for an array
  std::vector<std::string> names;  ///< of the columns, from the first line of a text file; empty: it has none
};

/// row: line of a text file or row of an array, column: value in the row; both from 1, 0 if it is not about one.
struct FileError {
  std::string file;
  std::size_t row = 0;
  std::size_t column = 0;
  std::string message;
};

/// Data rows first..last, both included, from 1; last = 0: to the end.
struct RowRange {
  std::size_t first = 1;
  std::size_t last = 0;
};

using TableOrError = std::variant<Table, FileError>;

}  // namespace tpc::evaluation
