#include "frontend/format/format.h"

#include <algorithm>

#include "base/diag/check.h"
#include "frontend/format/columns.h"
#include "frontend/format/render.h"
#include "grammar/layout.h"
#include "grammar/lexical.h"
#include "grammar/reading.h"

namespace tpc::format {
namespace {

/// Whether both have the same tokens for the parser, so one tree, and the same comments.
bool say_the_same(const grammar::Tokens& tokens, const Text& text, const grammar::Tokens& other_tokens,
                  const Text& other) {
  const auto same_token = [](const grammar::Token& left, const grammar::Token& right) {
    return left.kind == right.kind && left.text == right.text;
  };
  const auto same_comment = [](const Line& left, const Line& right) { return left.comment == right.comment; };
  return std::ranges::equal(tokens, other_tokens, same_token) &&
         std::ranges::equal(text.lines, other.lines, same_comment);
}

/// Makes sure of what nobody wants to find out later.
void check_sense(const grammar::Tokens& tokens, const Text& text, const diag::Source& formatted) {
  diag::Engine diagnostics;
  const grammar::Tokens all = grammar::tokenize(formatted, diagnostics);
  const grammar::Tokens laid_out = grammar::lay_out(all, diagnostics);
  const bool same = say_the_same(tokens, text, laid_out, read_lines(formatted, all, laid_out));
  TPC_CHECK(same && !diagnostics.has_errors(), "formatting changed what the program says");
}

std::vector<const ast::Declaration*> declarations(const std::vector<grammar::TopLevel>& items) {
  std::vector<const ast::Declaration*> result;
  for (const grammar::TopLevel& item : items) {
    if (const auto* declaration = std::get_if<ast::Declaration>(&item)) result.push_back(declaration);
  }
  return result;
}

std::vector<Span> spans_of_rows(const std::vector<const ast::Declaration*>& all) {
  std::vector<Span> rows;
  for (const ast::Declaration* declaration : all) {
    const auto* data = std::get_if<ast::Data>(declaration);
    if (data == nullptr) continue;
    for (const ast::DataRow& row : data->rows) rows.push_back(row.span);
  }
  return rows;
}

/// That of the first line.
std::string_view line_end_of(std::string_view text) {
  const size_t first = text.find('\n');
  return first != std::string_view::npos && first > 0 && text[first - 1] == '\r' ? "\r\n" : "\n";
}

}  // namespace

std::optional<std::string> format_source(const diag::Source& source, diag::Engine& diagnostics) {
  diag::Engine found;
  const grammar::Reading reading = grammar::read(source, found);
  diagnostics.add_all(found);
  if (found.has_errors()) return {};
  const auto all = declarations(reading.items);
  Text text = read_lines(source, reading.tokens, reading.laid_out);
  find_roles(text, spans_of_rows(all));
  space_words(text);
  align_declarations(text);
  align_rows(text, all);
  std::string formatted = render(text, line_end_of(source.text()));
  check_sense(reading.laid_out, text, diag::Source(source.name(), formatted));
  return formatted;
}

}  // namespace tpc::format
