/// \file What the grammar tests share: parse a text, see the tree and the errors as text.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "base/diag/diagnostic.h"
#include "frontend/ast/printer.h"
#include "grammar/parse.h"

namespace tpc::grammar::test {

/// "line:column kind: message", one a line, in the order of the text, notes after their error with "  note: " in front.
inline std::string errors_of(const diag::Source& source, const diag::Engine& engine) {
  std::string result;
  for (const diag::Diagnostic& diagnostic : engine.all()) {
    if (!result.empty()) result += '\n';
    if (diagnostic.has_span) {
      const auto position = source.position(diagnostic.span.begin);
      result += std::to_string(position.line) + ":" + std::to_string(position.column) + " ";
    }
    result += std::string(diag::kind_name(diagnostic.kind)) + ": " + diagnostic.message;
    for (const diag::Note& note : diagnostic.notes) result += "\n  note: " + note.text;
  }
  return result;
}

struct Parsed {
  std::shared_ptr<const ast::Program> program;
  std::string errors;
};

inline Parsed parse_text(const std::string& text) {
  const diag::Source source("test.tp", text);
  diag::Engine engine;
  auto program = parse(source, engine);
  return {std::move(program), errors_of(source, engine)};
}

/// The tree of a text without errors.
inline std::string tree_of(const std::string& text) {
  const Parsed parsed = parse_text(text);
  CHECK(parsed.errors == "");
  REQUIRE(parsed.program != nullptr);
  return ast::print(*parsed.program);
}

/// The declarations of a text that follows `model m`, printed.
inline std::string declarations_of(const std::string& text) {
  const std::string tree = tree_of("model m\n" + text);
  REQUIRE(tree.starts_with("model m\n"));
  return tree.substr(std::string("model m\n").size());
}

/// The errors of declarations that follow `model m`, which is line 1.
inline std::string errors_in(const std::string& text) { return parse_text("model m\n" + text).errors; }

}  // namespace tpc::grammar::test
