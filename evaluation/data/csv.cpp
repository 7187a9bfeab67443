#include "evaluation/data/csv.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "base/files/input_file.h"

namespace tpc::evaluation {
namespace {

constexpr const char* blanks = " \t\r";
/// Numbers are kept in memory; a pipe need not end.
constexpr std::uint64_t most_bytes = std::uint64_t{16} << 30;
constexpr std::size_t most_line = std::size_t{256} << 20;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

char separator_of(std::string_view line) {
  if (line.find(';') != std::string_view::npos) return ';';
  return line.find(',') != std::string_view::npos ? ',' : ' ';
}

/// Cuts the next cell off the line; `more` tells whether another one follows. A quote that never closes takes the rest.
std::string_view next_cell(std::string_view& line, char separator, bool& more) {
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  std::string_view cell;
  std::size_t end = 0;
  if (!line.empty() && line.front() == '"') {
    const std::size_t close = std::min(line.find('"', 1), line.size());
    cell = trimmed(line.substr(1, close - 1));
    end = std::min(close + 1, line.size());
    end = std::min(separator == ' ' ? line.find_first_of(blanks, end) : line.find(separator, end), line.size());
  } else {
    end = std::min(separator == ' ' ? line.find_first_of(blanks) : line.find(separator), line.size());
    cell = trimmed(line.substr(0, end));
  }
  more = end < line.size();
  line.remove_prefix(std::min(end + 1, line.size()));
  return cell;
}

bool parse_number(std::string_view cell, double& value) {
  if (cell.size() > 1 && cell.front() == '+' && cell[1] != '-') cell.remove_prefix(1);
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error == std::errc::result_out_of_range && end == cell.data() + cell.size()) {
    // Underflow is as good as zero, overflow is reported as not finite.
    value = std::strtod(std::string(cell).c_str(), nullptr);
    return true;
  }
  return error == std::errc() && end == cell.data() + cell.size();
}

class CsvReader {
 public:
  CsvReader(const std::string& path, const RowRange& range, std::size_t columns)
      : path_(path), range_(range), expected_columns_(columns), file_(path) {}

  TableOrError read() {
    if (!file_.error().empty()) return error(0, 0, "cannot be read: " + file_.error());
    std::string line;
    while (!failed_ && (range_.last == 0 || data_row_ < range_.last) && next_line(line)) {
      ++line_number_;
      if (line_number_ == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
      if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
      add_line(line);
    }
    if (failed_) return error_;
    if (file_.stream().bad()) return error(0, 0, std::string("cannot be read: ") + std::strerror(errno));
    return finished();
  }

 private:
  /// The next line without its end; false: there is none, or it is longer than any line of numbers.
  bool next_line(std::string& line) {
    line.clear();
    std::streambuf& bytes = *file_.stream().rdbuf();
    for (int byte = take(bytes); byte != end_of_file; byte = take(bytes)) {
      if (byte == '\n') return true;
      line += static_cast<char>(byte);
      if (++bytes_ <= most_bytes && line.size() <= most_line) continue;
      ++line_number_;
      reject(0, bytes_ > most_bytes ? "the file is longer than 16 GiB" : "the line is longer than 256 MiB");
      return false;
    }
    return !line.empty();
  }
  static constexpr int end_of_file = std::char_traits<char>::eof();
  int take(std::streambuf& bytes) {
    try {
      return bytes.sbumpc();
    } catch (const std::runtime_error&) {  // as an istream does
      file_.stream().setstate(std::ios::badbit);
      return end_of_file;
    }
  }

  FileError error(std::size_t row, std::size_t column, std::string message) {
    return FileError{path_, row, column, std::move(message)};
  }
  void reject(std::size_t column, std::string message) {
    failed_ = true;
    error_ = error(line_number_, column, std::move(message));
  }

  void add_line(std::string_view line) {
    const bool first = separator_ == 0;
    if (first) separator_ = separator_of(line);
    if (first && is_header(line)) {
      header_ = trimmed(line).substr(0, 40);
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
      if (cell.empty()) {
        reject(column, "empty cell");
      } else if (!parse_number(cell, value)) {
        reject(column, "'" + std::string(cell.substr(0, 40)) + "' is not a number");
      } else if (!std::isfinite(value)) {
        reject(column, "'" + std::string(cell.substr(0, 40)) + "' is not a finite number");
      }
      table_.values.push_back(value);
    }
    if (failed_ || !wanted) return;
    if (expected_columns_ == 0) expected_columns_ = column;
    if (column != expected_columns_) {
      return reject(0, std::to_string(column) + " columns, but " + std::to_string(expected_columns_) + " are expected");
    }
    table_.columns = column;
    table_.lines.push_back(line_number_);
    ++table_.rows;
  }

  [[nodiscard]] bool is_header(std::string_view line) const {
    std::string_view rest = trimmed(line);
    for (bool more = true; more;) {
      double value = 0.0;
      if (parse_number(next_cell(rest, separator_, more), value)) return false;
    }
    return true;
  }

  TableOrError finished() {
    if (data_row_ == 0) {
      const std::string skipped = header_.empty() ? "" : "; its first line, `" + header_ + "`, was read as a header";
      return error(0, 0, "has no rows of numbers" + skipped);
    }
    if (range_.first < 1 || range_.first > data_row_ || (range_.last != 0 && range_.last > data_row_) ||
        (range_.last != 0 && range_.last < range_.first)) {
      return error(0, 0,
                   "has " + std::to_string(data_row_) + " rows, not the rows " + std::to_string(range_.first) + " to " +
                       (range_.last == 0 ? std::string("the end") : std::to_string(range_.last)));
    }
    return std::move(table_);
  }

  std::string path_;
  RowRange range_;
  std::size_t expected_columns_;
  files::InputFile file_;
  std::uint64_t bytes_ = 0;  ///< read so far
  Table table_;
  std::size_t line_number_ = 0;
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
