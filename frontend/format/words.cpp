#include "frontend/format/words.h"

#include <algorithm>

namespace tpc::format {
namespace {

using grammar::Token;
using grammar::TokenKind;

bool is_line_end(const Token& token) { return token.kind == TokenKind::separator && token.text.empty(); }

std::string_view without_trailing_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\f") + 1);
}

/// Tokens and what lies between them, to lines.
class LineReader {
 public:
  explicit LineReader(const diag::Source& source) : source_(source), text_(source.text()) {}

  Text read(const grammar::Tokens& tokens) {
    for (const Token& token : tokens) {
      if (token.text.empty()) continue;  // an end of line or file: seen between words
      pass(token.begin - source_.first());
      result_.words.push_back({token.text, token.kind, token.begin});
      at_ += token.text.size();
    }
    pass(text_.size());
    end_line();
    return std::move(result_);
  }

 private:
  /// Blanks, comments and ends of lines up to `end`.
  void pass(size_t end) {
    while (at_ < end) {
      if (text_[at_] == '\n') {
        end_line();
        line_begin_ = ++at_;
      } else if (text_[at_] == '#') {
        const size_t line_end = std::min(text_.find('\n', at_), end);
        line_.comment = without_trailing_blanks(text_.substr(at_, line_end - at_));
        line_.comment_column = width_of(text_.substr(line_begin_, at_ - line_begin_));
        at_ = line_end;
      } else {
        ++at_;
      }
    }
  }

  void end_line() {
    line_.last = result_.words.size();
    if (line_.has_words() || !line_.comment.empty()) {
      line_.blank_before = blank_ && !result_.lines.empty();
      result_.lines.push_back(line_);
      blank_ = false;
    } else {
      blank_ = true;
    }
    line_ = {};
    line_.first = line_.last = result_.words.size();
  }

  const diag::Source& source_;
  std::string_view text_;
  size_t at_ = 0, line_begin_ = 0;
  bool blank_ = false;
  Line line_;
  Text result_;
};

/// Which lines continue: those before whose beginning no end of line was kept.
void find_continued(Text& text, const grammar::Tokens& laid_out) {
  std::vector<uint32_t> ends;  // of lines that end a statement; ascending
  for (const Token& token : laid_out) {
    if (is_line_end(token)) ends.push_back(token.begin);
  }
  const Word* previous = nullptr;
  for (Line& line : text.lines) {
    if (!line.has_words()) continue;
    if (previous != nullptr && previous->kind != TokenKind::separator) {
      const auto end = previous->begin + static_cast<uint32_t>(previous->text.size());
      line.continues = !std::binary_search(ends.begin(), ends.end(), end);
    }
    previous = &text.last_word(line);
  }
  bool continues = false;
  for (auto line = text.lines.rbegin(); line != text.lines.rend(); ++line) {
    if (!line->has_words()) line->continues = continues;
    continues = line->continues;
  }
}

void find_depths(Text& text) {
  size_t depth = 0;
  for (Line& line : text.lines) {
    line.depth = depth;
    for (size_t i = line.first; i < line.last; ++i) {
      if (text.words[i].is("{")) ++depth;
      if (text.words[i].is("}") && depth > 0) --depth;
    }
  }
}

}  // namespace

size_t width_of(std::string_view text) {
  const auto begins_code_point = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; };
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

size_t width_of(const Text& text, size_t first, size_t last) {
  size_t width = 0;
  for (size_t i = first; i < last; ++i) {
    width += width_of(text.words[i].text) + (i == first ? 0 : text.words[i].spaces);
  }
  return width;
}

Text read_lines(const diag::Source& source, const grammar::Tokens& tokens, const grammar::Tokens& laid_out) {
  Text text = LineReader(source).read(tokens);
  find_continued(text, laid_out);
  find_depths(text);
  return text;
}

}  // namespace tpc::format
