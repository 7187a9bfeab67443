/// \file Reads what text_printer.h prints, for either IR. Never throws on any text, takes linear time in its length,
/// and stops at the first error with its place. Checks syntax and names only: what the module says is for the verifier.
#pragma once

#include <algorithm>
#include <optional>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "ir/core/dialect.h"
#include "ir/core/fields.h"
#include "ir/core/text_format.h"
#include "ir/core/text_lexer.h"

namespace tpc::ir {

struct TextError {
  int line = 0;
  int column = 0;
  std::string message;
};

/// The part that does not depend on the set of operations: tokens, names, types, and everything before the functions.
/// Every reader returns false (or nothing) after recording an error; the first error stands.
class HeaderParser {
 public:
  HeaderParser(const Dialect& dialect, std::string_view text);

  [[nodiscard]] const TextError& error() const { return *error_; }
  [[nodiscard]] bool failed() const { return error_.has_value(); }

 protected:
  struct Header {
    std::string name, width;
    std::vector<Dimension> dims;
    std::vector<State> states;
    std::vector<VanishingTerm> vanishing;
  };
  bool parse_header();

  bool fail(std::string message);
  void advance() {
    consumed_ = token_.span.end;
    token_ = lexer_.next();
  }
  [[nodiscard]] bool at_symbol(char symbol) const;
  [[nodiscard]] bool at_word(std::string_view word) const;
  [[nodiscard]] bool at_name() const { return token_.kind == TokenKind::word || token_.kind == TokenKind::quoted; }
  bool take_symbol(char symbol);
  bool take_word(std::string_view word);
  bool take_line_end();
  void skip_line_ends();
  bool parse_type(Type& type);

  bool parse_value(std::string& value);  ///< a name, quoted or not
  bool parse_value(FunctionKey& value);
  bool parse_value(double& value);
  bool parse_value(int& value);
  bool parse_value(bool& value);
  bool parse_value(Rational& value);
  bool parse_value(Exponent& value);
  bool parse_value(Primitive& value);
  bool parse_value(Role& value);
  bool parse_value(ValueId& value);
  bool parse_value(DimId& value);
  bool parse_value(StateId& value);
  bool parse_attribute(const char* name, auto& value) {
    return take_word(name) && take_symbol('=') && parse_value(value);
  }

  template <class IdType>
  bool parse_value(std::vector<IdType>& values) {
    if (!take_symbol('[')) return false;
    while (!at_symbol(']')) {
      IdType value;
      if ((!values.empty() && !take_symbol(',')) || !parse_value(value)) return false;
      values.push_back(value);
    }
    return take_symbol(']');
  }

  /// From the beginning of `first` to where the parser stands: what has been read.
  [[nodiscard]] Span since(const Token& first) const { return {first.span.begin, consumed_}; }

  Header header_;
  Token token_;

 private:
  uint32_t consumed_ = 0;  ///< where the last token before token_ ends

  bool parse_dim();
  bool parse_state();
  bool parse_init(Init& init);
  bool parse_vanishing();
  /// Takes the word if `read` understands it.
  template <class Value, class Reader>
  bool convert(Value& value, const char* what, Reader&& read);

  const Dialect& dialect_;
  Lexer lexer_;
  std::optional<TextError> error_;
  std::unordered_map<std::string, DimId> dim_ids_;
  std::unordered_map<std::string, StateId> state_ids_;
};

template <class Op>
class ModuleParser : public HeaderParser {
 public:
  using HeaderParser::HeaderParser;

  /// The module, or nothing: see error().
  std::optional<Module<Op>> parse() {
    Module<Op> module;
    if (!parse_header()) return std::nullopt;
    while (token_.kind != TokenKind::end) {
      if (!parse_function(module.functions.emplace_back())) return std::nullopt;
    }
    module.name = std::move(header_.name);
    module.width = std::move(header_.width);
    module.dims = std::move(header_.dims);
    module.states = std::move(header_.states);
    module.vanishing = std::move(header_.vanishing);
    return module;
  }

 private:
  bool parse_function(Function<Op>& function) {
    const Token first = token_;
    if (!take_word("function") || !parse_value(function.key)) return false;
    function.span = since(first);
    if (!take_symbol('{') || !take_line_end()) return false;
    while (at_symbol('%')) {
      if (!parse_instruction(function)) return false;
    }
    while (at_word("result")) {
      Result& result = function.results.emplace_back();
      const Token begin = token_;
      advance();
      if (!parse_value(result.name) || !take_symbol('=') || !parse_value(result.value)) return false;
      result.span = since(begin);
      if (!take_line_end()) return false;
    }
    return take_symbol('}') && take_line_end();
  }

  bool parse_instruction(Function<Op>& function) {
    const size_t index = function.body.size();
    Instruction<Op>& instruction = function.body.emplace_back();
    const Token first = token_;
    ValueId id;
    if (token_.text != "%" || !parse_value(id)) return false;
    if (id.index != index) return fail("expected %" + std::to_string(index) + ": instructions are numbered in order");
    if (at_name() && !parse_value(instruction.name)) return false;
    if (!take_symbol('=') || !parse_operation(instruction.op)) return false;
    if (at_symbol(':')) {
      advance();
      if (!parse_type(instruction.type)) return false;
      if (at_word("scale") && !parse_attribute("scale", instruction.scale)) return false;
    }
    instruction.span = since(first);
    return take_line_end();
  }

  bool parse_operation(Op& op) {
    if (token_.kind != TokenKind::word) return fail("expected an operation");
    if (!select(op, token_.text, std::make_index_sequence<std::variant_size_v<Op>>())) {
      return fail("unknown operation '" + token_.text + "'");
    }
    advance();
    std::vector<std::string> seen;
    while (token_.kind == TokenKind::word) {
      if (std::find(seen.begin(), seen.end(), token_.text) != seen.end()) return fail("a field is given twice");
      seen.push_back(token_.text);
      if (!parse_field(op)) return false;
    }
    return !failed();
  }

  bool parse_field(Op& op) {
    const std::string wanted = token_.text;
    bool known = false;
    for_each_field(op, [&](const char* name, auto& field) {
      if (known || wanted != name) return;
      known = true;
      advance();
      if (take_symbol('=')) parse_value(field);
    });
    return known ? !failed() : fail("the operation has no field '" + wanted + "'");
  }

  /// Makes `op` hold the alternative with this spelling.
  template <size_t... indices>
  static bool select(Op& op, std::string_view spelling, std::index_sequence<indices...>) {
    return (select_one<indices>(op, spelling) || ...);
  }
  template <size_t index>
  static bool select_one(Op& op, std::string_view spelling) {
    using Alternative = std::variant_alternative_t<index, Op>;
    if constexpr (!std::is_same_v<Alternative, std::monostate>) {
      if (spelling != Alternative::spelling) return false;
      op = Alternative{};
      return true;
    }
    return false;
  }
};

}  // namespace tpc::ir
