#include "frontend/format/render.h"

#include <algorithm>

namespace tpc::format {
namespace {

constexpr size_t step = 2;  ///< of indentation
constexpr size_t deepest_column =
    100;  ///< below a bracket further right lines go on as after a bracket at a line's end
constexpr size_t comment_column = 42;
constexpr size_t comment_gap = 2;     ///< at least, between a line and its comment
constexpr size_t widest_moving = 60;  ///< a longer line does not move the comments of its neighbours

/// Lines without their comments.
class CodeWriter {
 public:
  explicit CodeWriter(const Text& text) : text_(text) {}

  std::string write(const Line& line) {
    if (!line.continues) begin_statement(line);
    const size_t indentation = line.continues ? continued(line) : step * block_depth(line);
    std::string code(indentation, ' ');
    size_t column = indentation;
    for (size_t i = line.first; i < line.last; ++i) {
      const Word& word = text_.words[i];
      code.append(word.spaces, ' ') += word.text;
      column += word.spaces + width_of(word.text);
      follow(line, i, indentation, column);
    }
    return code;
  }

 private:
  /// Where lines go on inside a bracket, and where its end goes if it begins a line.
  struct Bracket {
    size_t inside, closing;
  };

  void begin_statement(const Line& line) {
    brackets_.clear();
    indentation_ = step * block_depth(line);
    after_colon_ = 0;
  }

  /// Blocks around the line: those that end at its beginning are not.
  [[nodiscard]] size_t block_depth(const Line& line) const {
    size_t depth = line.depth;
    for (size_t i = line.first; i < line.last && depth > 0 && text_.words[i].is("}"); ++i) --depth;
    return depth;
  }

  /// The indentation of a line that goes on with a statement.
  [[nodiscard]] size_t continued(const Line& line) const {
    if (!line.has_words()) return brackets_.empty() ? indentation_ + step : brackets_.back().inside;
    const Word& first = text_.first_word(line);
    if (!brackets_.empty()) {
      return first.is(")") || first.is("]") ? brackets_.back().closing : brackets_.back().inside;
    }
    if (first.is("{") || first.is("}")) return step * block_depth(line);
    const bool next_field = after_colon_ > 0 && text_.words[line.first - 1].is(",");
    return next_field ? after_colon_ : indentation_ + step;
  }

  /// After word i of the line, which ends before `column`.
  void follow(const Line& line, size_t i, size_t indentation, size_t column) {
    const Word& word = text_.words[i];
    if (word.is("(") || word.is("[")) {
      const bool is_last = i + 1 == line.last;
      brackets_.push_back(is_last || column > deepest_column ? Bracket{indentation + step, indentation}
                                                             : Bracket{column, column - 1});
    }
    if ((word.is(")") || word.is("]")) && !brackets_.empty()) brackets_.pop_back();
    const bool ends_head = word.is(":") && !line.continues && text_.first_word(line).is("data") && after_colon_ == 0;
    if (ends_head && column < deepest_column) after_colon_ = column + 1;
    if (word.is("{") || word.is("}") || word.kind == grammar::TokenKind::separator) {
      brackets_.clear();
      after_colon_ = 0;
    }
  }

  const Text& text_;
  // Of the statement at work:
  std::vector<Bracket> brackets_;
  size_t indentation_ = 0;
  size_t after_colon_ = 0;  ///< of a data set: where further fields stand; 0: nowhere
};

/// Where the comments of all lines begin; those of lines that follow each other in one column.
class CommentColumns {
 public:
  CommentColumns(const Text& text, const std::vector<std::string>& codes) : lines_(text.lines), codes_(codes) {
    for (size_t i = 0; i < lines_.size(); ++i) is_attached_.push_back(is_attached(i));
  }

  std::vector<size_t> run() {
    for (size_t first = 0; first < lines_.size();) {
      size_t last = first + 1;
      while (last < lines_.size() && goes_on(last)) ++last;
      place(first, last);
      first = last;
    }
    return std::move(columns_);
  }

 private:
  [[nodiscard]] bool is_trailing(size_t i) const { return lines_[i].has_words() && !lines_[i].comment.empty(); }

  /// A comment alone on its line, below a comment behind words that it goes on with.
  [[nodiscard]] bool is_attached(size_t i) const {
    return i > 0 && !lines_[i].has_words() && !lines_[i].blank_before && !lines_[i - 1].comment.empty() &&
           lines_[i].comment_column == lines_[i - 1].comment_column && (is_trailing(i - 1) || is_attached_[i - 1]);
  }

  [[nodiscard]] bool is_in_column(size_t i) const { return is_trailing(i) || is_attached_[i]; }

  [[nodiscard]] bool goes_on(size_t i) const {
    return !lines_[i].blank_before && is_in_column(i - 1) && is_in_column(i);
  }

  void place(size_t first, size_t last) {
    size_t column = comment_column;
    for (size_t i = first; i < last; ++i) {
      const size_t width = width_of(codes_[i]);
      if (is_trailing(i) && width <= widest_moving) column = std::max(column, width + comment_gap);
    }
    for (size_t i = first; i < last; ++i) {
      const size_t width = width_of(codes_[i]);
      if (is_trailing(i)) {
        columns_.push_back(std::max(column, width + comment_gap));
      } else {
        columns_.push_back(is_attached_[i] ? columns_.back() : width);
      }
    }
  }

  const std::vector<Line>& lines_;
  const std::vector<std::string>& codes_;
  std::vector<bool> is_attached_;
  std::vector<size_t> columns_;
};

}  // namespace

std::string render(const Text& text, std::string_view line_end) {
  CodeWriter writer(text);
  std::vector<std::string> codes;
  for (const Line& line : text.lines) codes.push_back(writer.write(line));
  const std::vector<size_t> columns = CommentColumns(text, codes).run();
  std::string result;
  for (size_t i = 0; i < codes.size(); ++i) {
    const Line& line = text.lines[i];
    if (line.blank_before) result += line_end;
    result += codes[i];
    if (!line.comment.empty()) {
      const size_t width = width_of(codes[i]);
      result.append(columns[i] - std::min(columns[i], width), ' ') += line.comment;
    }
    result += line_end;
  }
  return result;
}

}  // namespace tpc::format
