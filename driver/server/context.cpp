#include "driver/server/context.h"

#include <algorithm>
#include <vector>

#include "base/diag/diagnostic.h"
#include "driver/server/spelling.h"
#include "grammar/lexical.h"

namespace tpc::driver::server {
namespace {

using grammar::Token;
using grammar::TokenKind;

/// The statement that is being typed: its tokens, the brackets that are open in it, and the block around it.
class Statement {
 public:
  explicit Statement(const std::vector<Token>& tokens) {
    for (const Token& token : tokens) read(token);
  }

  /// The first word of the block around: "def", "train"; empty: none is open.
  [[nodiscard]] std::string_view block() const {
    // A loop is a part of the def around it.
    const auto outer = std::ranges::find_if(blocks_, [](std::string_view word) { return word != "for"; });
    return outer != blocks_.end() ? *outer : std::string_view();
  }
  [[nodiscard]] bool empty() const { return tokens_.empty(); }
  [[nodiscard]] std::string_view first() const { return word(0); }
  [[nodiscard]] std::string_view last() const { return word(tokens_.size() - 1); }
  [[nodiscard]] std::string_view word(size_t index) const {
    return index < tokens_.size() ? tokens_[index]->text : std::string_view();
  }
  [[nodiscard]] size_t size() const { return tokens_.size(); }
  /// "(" or "["; empty: no bracket is open.
  [[nodiscard]] std::string_view bracket() const { return brackets_.empty() ? "" : word(brackets_.back()); }
  [[nodiscard]] std::string_view before_bracket() const {
    return brackets_.empty() || brackets_.back() == 0 ? "" : word(brackets_.back() - 1);
  }
  [[nodiscard]] bool has(std::string_view text) const {
    return std::ranges::any_of(tokens_, [&](const Token* token) { return token->text == text; });
  }

 private:
  void read(const Token& token) {
    if (token.is_symbol("{")) {
      blocks_.push_back(first());
      return forget();
    }
    if (token.is_symbol("}")) {
      if (!blocks_.empty()) blocks_.pop_back();
      return forget();
    }
    // A line that ends in an open bracket, an operator or a comma goes on.
    const bool goes_on = !brackets_.empty() || (!empty() && tokens_.back()->kind == TokenKind::symbol &&
                                                last() != ")" && last() != "]" && last() != ".");
    if (token.kind == TokenKind::separator) return goes_on && token.text != ";" ? void() : forget();
    if (token.is_symbol("(") || token.is_symbol("[")) brackets_.push_back(tokens_.size());
    if ((token.is_symbol(")") || token.is_symbol("]")) && !brackets_.empty()) brackets_.pop_back();
    tokens_.push_back(&token);
  }

  void forget() {
    tokens_.clear();
    brackets_.clear();
  }

  std::vector<const Token*> tokens_;
  std::vector<size_t> brackets_;  ///< indices of those that are open
  std::vector<std::string_view> blocks_;
};

Expected in_setting(const Statement& statement) {
  const std::string_view key = statement.first();
  if (!statement.has("=")) return Expected::nothing;
  if (key == "data") return Expected::data_set;
  if (key == "loss") return Expected::loss;
  if (key == "batch") return Expected::order;
  if (key == "reduce") return Expected::reduction;
  if (key != "optimizer") return Expected::value;
  if (statement.bracket().empty()) return Expected::optimizer;
  const bool rate = statement.last() == "=" && statement.word(statement.size() - 2) == "lr";
  return rate ? Expected::schedule : Expected::value;
}

Expected in_def(const Statement& statement) {
  if (statement.empty()) return Expected::statement;
  if (statement.first() == "adapt") return statement.has("on") ? Expected::loss : Expected::optimizer;
  if (statement.first() == "for" && !statement.has("in")) return Expected::nothing;
  return Expected::value;
}

Expected in_block_of_exponents(const Statement& statement) {
  if (statement.empty()) return Expected::weight;
  const bool key = statement.last() == ":" || statement.last() == ",";
  return key ? Expected::exponent : Expected::nothing;
}

/// A shape follows a colon or an arrow; of a data set the name of a field.
bool in_shape(const Statement& statement) {
  if (statement.bracket() != "[") return false;
  if (statement.first() == "data") return !statement.has("=");
  return statement.before_bracket() == ":" || statement.before_bracket() == "->";
}

Expected in_data(const Statement& statement) {
  if (!statement.has("=")) return statement.last() == "in" ? Expected::axis : Expected::nothing;
  const bool standardized = statement.last() == "=" && statement.word(statement.size() - 2) == "standardize";
  if (standardized || statement.before_bracket() == "episodes") return Expected::data_set;
  return statement.bracket().empty() ? Expected::source : Expected::value;
}

Expected in_observation(const Statement& statement) {
  if (statement.has("on") && statement.bracket().empty()) return Expected::data_set;
  if (statement.size() == 1) return Expected::observation;
  return statement.bracket().empty() ? Expected::clause : Expected::value;
}

Expected in_parameter(const Statement& statement) {
  if (statement.last() == "init") return Expected::start;
  if (statement.last() == "]" && statement.has(":")) return Expected::clause;
  return statement.bracket().empty() && statement.last() != "lr" ? Expected::nothing : Expected::value;
}

Expected in_declaration(const Statement& statement) {
  const std::string_view first = statement.first();
  if (statement.empty()) return Expected::declaration;
  if (in_shape(statement)) return Expected::axis;
  if (first == "param") return in_parameter(statement);
  if (first == "data") return in_data(statement);
  if (first == "observe") return in_observation(statement);
  if (first == "parametrization") return statement.size() == 1 ? Expected::parametrization : Expected::nothing;
  if (!statement.has("=")) return Expected::nothing;
  if (first == "dim" && statement.last() == "=") return Expected::names;
  return Expected::value;
}

Expected expected_in(const Statement& statement) {
  const std::string_view block = statement.block();
  if (block.empty()) return in_declaration(statement);
  if (block == "def") return in_def(statement);
  if (block == "train") return statement.empty() ? Expected::setting : in_setting(statement);
  return block == "parametrization" ? in_block_of_exponents(statement) : Expected::nothing;
}

/// The words of the text. Where it ends within a line, this is no end of a line.
grammar::Tokens words_of(const diag::Source& source) {
  diag::Engine unsaid;
  grammar::Tokens tokens = grammar::tokenize(source, unsaid);
  const std::string_view text = source.text();
  const bool within_line = text.find_last_not_of(" \t\r") != text.rfind('\n');
  const auto is_end = [&](const Token& token) {
    return token.kind == TokenKind::end || (within_line && token.kind == TokenKind::separator && token.text.empty());
  };
  while (!tokens.empty() && is_end(tokens.back())) tokens.pop_back();
  return tokens;
}

/// Whether the text ends in a comment or within quotes, neither of which goes beyond its line.
bool is_prose(std::string_view text) {
  bool quoted = false;
  text.remove_prefix(text.rfind('\n') + 1);
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '#' && !quoted) return true;
  }
  return quoted;
}

}  // namespace

std::vector<sema::WordRole> roles_at(Expected expected) {
  using sema::WordRole;
  switch (expected) {
    case Expected::declaration: return {WordRole::declaration};
    case Expected::statement: return {WordRole::statement};
    case Expected::setting: return {WordRole::setting};
    case Expected::value: return {WordRole::function};
    case Expected::loss: return {WordRole::loss, WordRole::function};
    case Expected::clause: return {WordRole::clause};
    case Expected::start: return {WordRole::start};
    case Expected::source: return {WordRole::source};
    case Expected::names: return {WordRole::names, WordRole::function};
    case Expected::optimizer: return {WordRole::optimizer};
    case Expected::schedule: return {WordRole::schedule, WordRole::function};
    case Expected::order: return {WordRole::order};
    case Expected::observation: return {WordRole::observation, WordRole::loss};
    case Expected::parametrization: return {WordRole::parametrization};
    case Expected::nothing:
    case Expected::axis:
    case Expected::data_set:
    case Expected::weight:
    case Expected::exponent:
    case Expected::member:
    case Expected::reduction: break;
  }
  return {};
}

Context context_at(std::string_view text, uint32_t offset) {
  Context context;
  context.word = {word_around(text, offset).begin, offset};
  if (is_prose(text.substr(0, offset))) return context;
  const diag::Source before("", std::string(text.substr(0, context.word.begin)));
  const grammar::Tokens tokens = words_of(before);
  const Statement statement(tokens);
  const bool member = statement.size() >= 2 && statement.last() == ".";
  context.expected = member ? Expected::member : expected_in(statement);
  if (member) context.owner = statement.word(statement.size() - 2);
  if (statement.bracket() == "(") context.callee = statement.before_bracket();
  return context;
}

}  // namespace tpc::driver::server
