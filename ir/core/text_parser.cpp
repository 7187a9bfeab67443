#include "ir/core/text_parser.h"

#include <charconv>

namespace tpc::ir {
namespace {

template <class Integer>
std::optional<Integer> integer_from_text(std::string_view text) {
  Integer value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

HeaderParser::HeaderParser(const Dialect& dialect, std::string_view text) : dialect_(dialect), lexer_(text) {
  advance();
  skip_line_ends();
}

bool HeaderParser::fail(std::string message) {
  if (token_.kind == TokenKind::invalid) message = token_.text;
  if (!error_) error_ = TextError{token_.line, token_.column, std::move(message)};
  return false;
}

bool HeaderParser::at_symbol(char symbol) const {
  return token_.kind == TokenKind::symbol && token_.text.front() == symbol;
}

bool HeaderParser::at_word(std::string_view word) const {
  return token_.kind == TokenKind::word && token_.text == word;
}

bool HeaderParser::take_symbol(char symbol) {
  if (failed() || !at_symbol(symbol)) return fail(std::string("expected '") + symbol + "'");
  advance();
  return true;
}

bool HeaderParser::take_word(std::string_view word) {
  if (failed() || !at_word(word)) return fail("expected '" + std::string(word) + "'");
  advance();
  return true;
}

bool HeaderParser::take_line_end() {
  if (failed()) return false;
  if (token_.kind != TokenKind::newline && token_.kind != TokenKind::end) return fail("expected the end of the line");
  skip_line_ends();
  return true;
}

void HeaderParser::skip_line_ends() {
  while (token_.kind == TokenKind::newline) advance();
}

template <class Value, class Reader>
bool HeaderParser::convert(Value& value, const char* what, Reader&& read) {
  auto result = token_.kind == TokenKind::word ? read(token_.text) : std::nullopt;
  if (!result) return fail(std::string("expected ") + what);
  value = *result;
  advance();
  return true;
}

bool HeaderParser::parse_value(double& value) { return convert(value, "a number", number_from_text); }
bool HeaderParser::parse_value(int& value) { return convert(value, "an integer", integer_from_text<int>); }
bool HeaderParser::parse_value(Rational& value) { return convert(value, "a rational", Rational::parse); }
bool HeaderParser::parse_value(Exponent& value) { return convert(value, "an exponent", exponent_from_text); }
bool HeaderParser::parse_value(Primitive& value) { return convert(value, "a primitive", primitive_from_name); }
bool HeaderParser::parse_value(Role& value) { return convert(value, "a role", role_from_name); }

bool HeaderParser::parse_value(bool& value) {
  return convert(value, "true or false", [](std::string_view text) -> std::optional<bool> {
    if (text == "true" || text == "false") return text == "true";
    return std::nullopt;
  });
}

bool HeaderParser::parse_value(std::string& value) {
  const bool plain = token_.kind == TokenKind::word && name_text(token_.text) == token_.text;
  if (!plain && token_.kind != TokenKind::quoted) return fail("expected a name");
  value = token_.text;
  advance();
  return true;
}

bool HeaderParser::parse_value(FunctionKey& value) {
  std::string name;
  if (!parse_value(name)) return false;
  value = FunctionKey(name);
  return true;
}

bool HeaderParser::parse_value(ValueId& value) {
  if (!take_symbol('%')) return false;
  return convert(value, "a value's number", [](std::string_view text) -> std::optional<ValueId> {
    auto index = integer_from_text<uint32_t>(text);
    if (!index || *index == ValueId::none) return std::nullopt;
    return ValueId(*index);
  });
}

bool HeaderParser::parse_value(DimId& value) {
  const Token at = token_;
  std::string name;
  if (!parse_value(name)) return false;
  auto found = dim_ids_.find(name);
  if (found == dim_ids_.end()) {
    token_ = at;
    return fail("unknown dimension " + name_text(name));
  }
  value = found->second;
  return true;
}

bool HeaderParser::parse_value(StateId& value) {
  if (!take_symbol('@')) return false;
  const Token at = token_;
  std::string name;
  if (!parse_value(name)) return false;
  auto found = state_ids_.find(name);
  if (found == state_ids_.end()) {
    token_ = at;
    return fail("unknown state @" + name_text(name));
  }
  value = found->second;
  return true;
}

bool HeaderParser::parse_type(Type& type) {
  const auto& names = dialect_.kind_names;
  auto found = std::find(names.begin(), names.end(), token_.text);
  if (token_.kind != TokenKind::word || found == names.end()) return fail("expected a type");
  type.kind = static_cast<Kind>(found - names.begin());
  advance();
  return !at_symbol('[') || parse_value(type.dims);
}

bool HeaderParser::parse_header() {
  if (!take_word(dialect_.name) || !take_word("module") || !parse_value(header_.name)) return false;
  if (!take_word("width") || !parse_value(header_.width) || !take_line_end()) return false;
  while (at_word("dim")) {
    if (!parse_dim()) return false;
  }
  while (at_word("state")) {
    if (!parse_state()) return false;
  }
  while (at_word("vanishing")) {
    if (!parse_vanishing()) return false;
  }
  return true;
}

bool HeaderParser::parse_dim() {
  advance();
  Dimension& dim = header_.dims.emplace_back();
  const Token at = token_;
  if (!parse_value(dim.name)) return false;
  dim.span = since(at);
  if (!dim_ids_.emplace(dim.name, DimId(header_.dims.size() - 1)).second) {
    token_ = at;
    return fail("dimension " + name_text(dim.name) + " is declared twice");
  }
  if (!take_symbol('=')) return false;
  if (at_symbol('?')) {
    advance();
    return (!at_word("twin") || parse_attribute("twin", dim.twin_of)) && take_line_end();
  }
  return convert(dim.size, "a size or '?'", integer_from_text<int64_t>) && take_line_end();
}

bool HeaderParser::parse_state() {
  advance();
  State& state = header_.states.emplace_back();
  if (!take_symbol('@')) return false;
  const Token at = token_;
  if (!parse_value(state.name)) return false;
  state.span = since(at);
  if (!state_ids_.emplace(state.name, StateId(header_.states.size() - 1)).second) {
    token_ = at;
    return fail("state @" + name_text(state.name) + " is declared twice");
  }
  if (!take_symbol(':') || !parse_type(state.type) || !take_symbol('=') || !parse_init(state.init)) return false;
  if (!parse_attribute("role", state.role) || !parse_attribute("a", state.a) || !parse_attribute("b", state.b) ||
      !parse_attribute("c", state.c)) {
    return false;
  }
  if (at_word("d") && !parse_attribute("d", state.d.emplace())) return false;
  if (at_word("scale") && !parse_attribute("scale", state.scale)) return false;
  if (at_word("lr") && !parse_attribute("lr", state.learning_rate_factor)) return false;
  if (at_word("rows") && !parse_attribute("rows", state.rows)) return false;
  if (at_word("columns") && !parse_attribute("columns", state.columns)) return false;
  return take_line_end();
}

bool HeaderParser::parse_init(Init& init) {
  if (!convert(init.kind, "zero, constant(..), gaussian(..), noise(..) or share(..)", init_from_name)) return false;
  if (init.kind == InitKind::zero) return true;
  return take_symbol('(') && parse_value(init.value) && take_symbol(')');
}

bool HeaderParser::parse_vanishing() {
  advance();
  VanishingTerm& term = header_.vanishing.emplace_back();
  return parse_value(term.what) && parse_attribute("exponent", term.exponent) && take_line_end();
}

}  // namespace tpc::ir
