#include "evaluation/sources/cells.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/diag/diagnostic.h"

namespace tpc::evaluation {
namespace {

constexpr const char* cell_blanks = " \t\r";
constexpr std::size_t most_columns = 65536;  // of which each has a name

/// The end of what a quote at the beginning opens: of the next quote that is not doubled.
std::size_t closing_quote(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] != '"') continue;
    if (at + 1 == text.size() || text[at + 1] != '"') return at;
    ++at;
  }
  return text.size();
}

std::string unquoted(std::string_view cell) {
  std::string text(cell);
  for (std::size_t at = text.find("\"\""); at != std::string::npos; at = text.find("\"\"", at + 1)) text.erase(at, 1);
  return text;
}

bool parse_number(std::string_view cell, double& value) {
  if (cell.size() > 1 && cell.front() == '+' && cell[1] != '-') cell.remove_prefix(1);
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error == std::errc::result_out_of_range && end == cell.data() + cell.size()) {
    value = std::strtod(std::string(cell).c_str(), nullptr);  // 0 or infinite
    return true;
  }
  return error == std::errc() && end == cell.data() + cell.size();
}

constexpr std::size_t most_shown = 40;  // letters of a cell

/// Keeps so many cells of the line; returns how many there are.
std::size_t split_line(std::string_view line, char separator, std::size_t most, std::vector<std::string>& cells) {
  cells.clear();
  std::string_view rest = trimmed(line);
  std::size_t found = 0;
  for (bool more = true; more; ++found) {
    const std::string_view cell = next_cell(rest, separator, more);
    if (found < most) cells.push_back(unquoted(cell));
  }
  return found;
}

}  // namespace

std::vector<std::string> cells_of(std::string_view line, char separator) {
  std::vector<std::string> cells;
  split_line(line, separator, most_columns, cells);
  return cells;
}

bool is_number(std::string_view cell) {
  double value = 0.0;
  return parse_number(cell, value);
}

bool is_finite_number(std::string_view cell, double& value) {
  return parse_number(cell, value) && std::isfinite(value);
}

std::string why_no_finite_number(std::string_view cell) {
  if (cell.empty()) return "empty cell";
  double value = 0.0;
  const bool number = parse_number(cell, value);
  return "'" + std::string(cell.substr(0, most_shown)) + "' is not a " + (number ? "finite " : "") + "number";
}

char separator_of(std::string_view line) {
  if (line.find(';') != std::string_view::npos) return ';';
  return line.find(',') != std::string_view::npos ? ',' : ' ';
}

std::string_view next_cell(std::string_view& line, char separator, bool& more) {
  line.remove_prefix(std::min(line.find_first_not_of(cell_blanks), line.size()));
  std::string_view cell;
  std::size_t end = 0;
  if (!line.empty() && line.front() == '"') {
    const std::size_t close = closing_quote(line);
    cell = trimmed(line.substr(1, close - 1));
    end = std::min(close + 1, line.size());
    end = std::min(separator == ' ' ? line.find_first_of(cell_blanks, end) : line.find(separator, end), line.size());
  } else {
    end = std::min(separator == ' ' ? line.find_first_of(cell_blanks) : line.find(separator), line.size());
    cell = trimmed(line.substr(0, end));
  }
  more = end < line.size();
  line.remove_prefix(std::min(end + 1, line.size()));
  return cell;
}

CellReader::CellReader(const std::string& path) : lines_(path) {
  if (!next_line()) {
    if (!error_) error_ = FileError{path, 0, 0, "is empty; its first line would name its columns"};
    return;
  }
  separator_ = separator_of(text_);
  if (split_line(text_, separator_, most_columns, columns_) > most_columns) {
    error_ = FileError{path, lines_.number(), 0, "has more than " + std::to_string(most_columns) + " columns"};
  }
}

bool CellReader::has(std::string_view name) const {
  return std::find(columns_.begin(), columns_.end(), name) != columns_.end();
}

std::optional<std::size_t> CellReader::column(std::string_view name) {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  const auto place = [&](auto at) { return static_cast<std::size_t>(at - columns_.begin()); };
  if (found == columns_.end()) {
    if (!error_) error_ = FileError{lines_.path(), lines_.number(), 0, no_column(name)};
    return std::nullopt;
  }
  const auto second = std::find(found + 1, columns_.end(), name);
  if (second == columns_.end()) return place(found);
  reject(place(second), "columns " + std::to_string(place(found) + 1) + " and " + std::to_string(place(second) + 1) +
                            " are both called `" + std::string(name) + "`");
  return std::nullopt;
}

std::string CellReader::no_column(std::string_view name) const {
  const std::string near = diag::nearest(name, columns_);
  std::string text = "no column `" + std::string(name) + "`";
  if (!near.empty()) text += "; did you mean `" + near + "`?";
  std::string names;
  constexpr std::size_t most_named = 20;
  for (std::size_t i = 0; i < std::min(columns_.size(), most_named); ++i) {
    names += (names.empty() ? "`" : ", `") + columns_[i].substr(0, most_shown) + "`";
  }
  return text + (near.empty() ? "; there are " : " There are ") + names + (columns_.size() > most_named ? ", ..." : "");
}

bool CellReader::next() {
  if (error_ || !next_line()) return false;
  const std::size_t found = split_line(text_, separator_, columns_.size(), cells_);
  if (found == columns_.size()) return true;
  reject(std::nullopt, std::to_string(found) + " columns, but " + std::to_string(columns_.size()) + " are expected");
  return false;
}

std::optional<std::int64_t> CellReader::whole(std::size_t column) {
  const std::string& text = cells_[column];
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() && error == std::errc() && end == text.data() + text.size()) return number;
  reject(column, "'" + text.substr(0, 40) + "' is not a whole number");
  return std::nullopt;
}

void CellReader::reject(std::optional<std::size_t> column, std::string message) {
  reject_at({lines_.path(), lines_.number(), column ? *column + 1 : 0, std::move(message)});
}

void CellReader::reject_at(FileError error) {
  if (!error_) error_ = std::move(error);
}

bool CellReader::next_line() {
  while (lines_.next(text_)) {
    const std::string_view text = trimmed(text_);
    if (!text.empty() && text.front() != '#') return true;
  }
  error_ = lines_.error();
  return false;
}

}  // namespace tpc::evaluation
