// Inline data as a table.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

#include "frontend/format/columns.h"

namespace tpc::format {
namespace {

constexpr size_t widest_number = 40;  ///< a block with a longer one is no table
constexpr double largest_dimension = 1e6;

// ---- how many numbers a field has
// ------------------------------------------------------------------------------------

/// Sizes as far as the text alone says them.
class Sizes {
 public:
  explicit Sizes(const std::vector<const ast::Declaration*>& declarations) {
    for (const ast::Declaration* declaration : declarations) {
      if (const auto* dim = std::get_if<ast::Dim>(declaration)) define(dim->name, dim->size);
      if (const auto* constant = std::get_if<ast::Constant>(declaration)) define(constant->name, constant->value);
    }
  }

  /// Empty: not known, or beyond all reason.
  [[nodiscard]] std::optional<size_t> size(const ast::ShapeEntry& entry) const {
    const auto named = values_.find(entry.text);
    const double value = named != values_.end() ? named->second : number(entry.text);
    if (!(value >= 1.0) || value > largest_dimension || value != std::floor(value)) return {};
    return static_cast<size_t>(value);
  }

 private:
  void define(const ast::Name& name, const ast::ExpressionPtr& value) { values_[name.text] = evaluate(*value); }

  static double number(const std::string& text) {
    const bool is_number = !text.empty() && (text.front() == '.' || (text.front() >= '0' && text.front() <= '9'));
    return is_number ? std::strtod(text.c_str(), nullptr) : std::nan("");
  }

  [[nodiscard]] double evaluate(const ast::Expression& expression) const {
    if (const auto* literal = std::get_if<ast::Number>(&expression.node)) return number(literal->text);
    if (const auto* reference = std::get_if<ast::Reference>(&expression.node)) {
      const auto named = values_.find(reference->name.text);
      return named != values_.end() ? named->second : std::nan("");
    }
    const auto* binary = std::get_if<ast::Binary>(&expression.node);
    if (binary == nullptr) return std::nan("");
    const double lhs = evaluate(*binary->lhs), rhs = evaluate(*binary->rhs);
    switch (binary->op) {
      case ast::BinaryOperator::add: return lhs + rhs;
      case ast::BinaryOperator::subtract: return lhs - rhs;
      case ast::BinaryOperator::multiply: return lhs * rhs;
      case ast::BinaryOperator::divide: return lhs / rhs;
      case ast::BinaryOperator::contract: break;
    }
    return std::nan("");
  }

  std::map<std::string, double> values_;
};

// ---- gaps -----------------------------------------------------------------------------------------------------------

/// The dimensions of a field that have more than one index, the last first.
using Dimensions = std::vector<size_t>;

/// Those of all fields, members of groups in the place of groups. False: a size is not known.
bool add_dimensions(const std::vector<ast::DataField>& fields, const Sizes& sizes, std::vector<Dimensions>& all) {
  for (const ast::DataField& field : fields) {
    if (!field.members.empty()) {
      if (!add_dimensions(field.members, sizes, all)) return false;
      continue;
    }
    Dimensions& dimensions = all.emplace_back();
    if (!field.shape) continue;
    for (const ast::ShapeEntry& entry : field.shape->entries) {
      const auto size = sizes.size(entry);
      if (!size) return false;
      if (*size > 1) dimensions.insert(dimensions.begin(), *size);
    }
  }
  return true;
}

/// How many dimensions end before number i > 0 of a field.
size_t ended(const Dimensions& dimensions, size_t i) {
  size_t level = 0, length = 1;
  while (level < dimensions.size() && i % (length * dimensions[level]) == 0) length *= dimensions[level++];
  return level;
}

/// Spaces before each number of a row beside what aligns it: 1 within the last dimension of a field, 3 where that ends,
/// 4 where the one before it ends too, and so on. All 1 where sizes are not known.
std::vector<size_t> gaps(const ast::Data& data, const Sizes& sizes, size_t count) {
  const std::vector<size_t> even(count, 1);
  std::vector<Dimensions> fields;
  if (!add_dimensions(data.parts.front().fields, sizes, fields)) return even;
  size_t levels = 1;
  for (const Dimensions& dimensions : fields) levels = std::max(levels, dimensions.size());
  std::vector<size_t> result;
  for (const Dimensions& dimensions : fields) {
    size_t in_field = 1;
    for (const size_t size : dimensions) in_field = std::min(in_field * size, count + 1);
    if (result.size() + in_field > count) return even;
    for (size_t i = 0; i < in_field; ++i) {
      const size_t level = i == 0 ? levels : ended(dimensions, i);
      result.push_back(level == 0 ? 1 : 2 + level);
    }
  }
  return result.size() == count ? result : even;
}

// ---- the table ------------------------------------------------------------------------------------------------------

/// One number on its line: `-0.5,` has the word `-`, the digits 0, and .5, after them.
struct Cell {
  size_t word = 0;
  size_t sign = 0, digits = 0, rest = 0;  ///< columns

  [[nodiscard]] size_t width() const { return sign + digits + rest; }
};
using Cells = std::vector<Cell>;

Cells cells(const Text& text, const Line& line) {
  Cells row;
  for (size_t i = line.first; i < line.last; ++i) {
    const Word& word = text.words[i];
    const bool is_sign = word.role == Role::sign;
    if (word.is(",")) {
      row.back().rest += 1;
      continue;
    }
    Cell cell{i};
    if (is_sign) cell.sign = 1;
    const std::string_view number = text.words[is_sign ? ++i : i].text;
    cell.digits = std::min(number.find_first_of(".eE"), number.size());
    cell.rest = number.size() - cell.digits;
    row.push_back(cell);
  }
  return row;
}

/// Sets the spaces before the numbers of every row. `signed_numbers`: every number has a place for its sign.
void tabulate(Text& text, const std::vector<Cells>& rows, const std::vector<size_t>& between, bool signed_numbers) {
  const size_t place = signed_numbers ? 1 : 0;
  std::vector<size_t> digits(between.size()), rest(between.size());
  for (const Cells& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) {
      if (row[c].width() > widest_number) return;
      digits[c] = std::max(digits[c], row[c].digits + place);
      rest[c] = std::max(rest[c], row[c].rest);
    }
  }
  for (const Cells& row : rows) {
    size_t short_of_column = 0;  // of the number before
    for (size_t c = 0; c < row.size(); ++c) {
      const size_t gap = c == 0 ? 0 : between[c];
      text.words[row[c].word].spaces = short_of_column + gap + digits[c] - row[c].sign - row[c].digits;
      short_of_column = rest[c] - row[c].rest;
    }
  }
}

/// The lines of the text that a row of this block fills.
std::vector<Cells> rows_of(const Text& text, const std::map<uint32_t, const Line*>& lines, const ast::Data& data) {
  std::vector<Cells> rows;
  for (const ast::DataRow& row : data.rows) {
    const auto line = lines.find(row.span.begin);
    if (line == lines.end()) continue;
    const Word& last = text.last_word(*line->second);
    if (last.begin + last.text.size() == row.span.end) rows.push_back(cells(text, *line->second));
  }
  return rows;
}

}  // namespace

void align_rows(Text& text, const std::vector<const ast::Declaration*>& declarations) {
  std::map<uint32_t, const Line*> lines;  // by where they begin
  for (const Line& line : text.lines) {
    if (line.has_words()) lines[text.first_word(line).begin] = &line;
  }
  std::vector<std::pair<const ast::Data*, std::vector<Cells>>> blocks;
  bool signed_numbers = false;  // in all blocks, so that columns of training and test stand alike
  for (const ast::Declaration* declaration : declarations) {
    const auto* data = std::get_if<ast::Data>(declaration);
    if (data == nullptr || data->rows.empty()) continue;
    blocks.emplace_back(data, rows_of(text, lines, *data));
    for (const Cells& row : blocks.back().second) {
      signed_numbers |= std::ranges::any_of(row, [](const Cell& cell) { return cell.sign > 0; });
    }
  }
  const Sizes sizes(declarations);
  for (const auto& [data, rows] : blocks) {
    size_t count = 0;
    for (const Cells& row : rows) count = std::max(count, row.size());
    tabulate(text, rows, gaps(*data, sizes, count), signed_numbers);
  }
}

}  // namespace tpc::format
