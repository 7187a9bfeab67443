// What a word is where it stands: a keyword, a sign, part of a fraction.
#include "frontend/format/words.h"

namespace tpc::format {
namespace {

using grammar::TokenKind;

class Roles {
 public:
  Roles(Text& text, const std::vector<Span>& rows) : words_(text.words), rows_(rows) {
    for (const Line& line : text.lines) {
      if (line.has_words() && !line.continues) starts_.push_back(line.first);
    }
  }

  void run() {
    for (size_t i = 0; i < words_.size(); ++i) {
      if (begins_statement(i)) begin_statement(i);
      words_[i].role = role(i);
      follow(words_[i]);
    }
  }

 private:
  bool begins_statement(size_t i) {
    const bool begins_line = next_start_ < starts_.size() && starts_[next_start_] == i;
    if (begins_line) ++next_start_;
    return begins_line || words_[i - 1].kind == TokenKind::separator || words_[i - 1].is("{") || words_[i - 1].is("}");
  }

  void begin_statement(size_t i) {
    statement_ = i;
    brackets_.clear();
    if (depth_ == 0) in_exponents_ = words_[i].is("parametrization");
  }

  void follow(const Word& word) {
    if (word.is("{")) ++depth_;
    if (word.is("}") && depth_ > 0) --depth_;
    if (word.is("(") || word.is("[")) brackets_.push_back(word.text.front());
    if ((word.is(")") || word.is("]")) && !brackets_.empty()) brackets_.pop_back();
  }

  Role role(size_t i) {
    const Word& word = words_[i];
    if (word.kind == TokenKind::name) return is_keyword(i) ? Role::keyword : Role::plain;
    if (word.is("-") || word.is("+")) return in_row(word.begin) || !follows_operand(i) ? Role::sign : Role::plain;
    if (word.is("/")) return joins_fraction(i) ? Role::joined : Role::plain;
    if (word.is(":")) return is_whole(i) ? Role::joined : Role::plain;
    return Role::plain;
  }

  /// Words with a meaning in their place, which a value or a bracket may follow.
  [[nodiscard]] bool is_keyword(size_t i) const {
    const Word& word = words_[i];
    const Word& statement = words_[statement_];
    if (i == statement_) return word.is("return") || (word.is("observe") && depth_ == 0);
    if (!brackets_.empty()) return false;
    if (word.is("init") || word.is("lr")) return statement.is("param") && depth_ == 0;
    if (word.is("on")) return statement.is("adapt") || (statement.is("observe") && depth_ == 0);
    return word.is("in") && statement.is("for");
  }

  [[nodiscard]] bool follows_operand(size_t i) const {
    if (i == statement_) return false;
    const Word& previous = words_[i - 1];
    if (previous.kind == TokenKind::name) return previous.role != Role::keyword;
    return previous.kind == TokenKind::number || previous.kind == TokenKind::text || previous.is(")") ||
           previous.is("]");
  }

  bool in_row(uint32_t begin) {
    while (next_row_ < rows_.size() && rows_[next_row_].end <= begin) ++next_row_;
    return next_row_ < rows_.size() && rows_[next_row_].begin <= begin;
  }

  /// `b = 1/2` of a parametrization, `width m = 3/2 n`.
  [[nodiscard]] bool joins_fraction(size_t i) const {
    if (depth_ > 0) return in_exponents_ && brackets_.empty();
    return words_[statement_].is("width") && i == statement_ + 4 && i + 2 < words_.size() &&
           words_[i - 1].kind == TokenKind::number && words_[i + 1].kind == TokenKind::number &&
           words_[i + 2].kind == TokenKind::name;
  }

  /// The `:` of `U[:, i]`.
  [[nodiscard]] bool is_whole(size_t i) const {
    return !brackets_.empty() && brackets_.back() == '[' && (words_[i - 1].is("[") || words_[i - 1].is(","));
  }

  std::vector<Word>& words_;
  const std::vector<Span>& rows_;
  std::vector<size_t> starts_;  ///< words that begin a line and a statement
  size_t next_start_ = 0, next_row_ = 0;
  size_t statement_ = 0;  ///< its first word
  size_t depth_ = 0;
  std::vector<char> brackets_;  ///< open in the statement
  bool in_exponents_ = false;
};

}  // namespace

void find_roles(Text& text, const std::vector<Span>& rows) { Roles(text, rows).run(); }

}  // namespace tpc::format
