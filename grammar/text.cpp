#include "grammar/text.h"

#include <algorithm>

#include "base/diag/utf8.h"

namespace tpc::grammar {
namespace {

/// The character an escape stands for, or NUL if there is none such.
char escaped(char letter) {
  switch (letter) {
    case '"': return '"';
    case '\\': return '\\';
    case 'n': return '\n';
    case 't': return '\t';
    default: return '\0';
  }
}

std::string_view without_quotes(std::string_view text) {
  if (text.starts_with('"')) text.remove_prefix(1);
  if (text.ends_with('"')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string text_value(const Token& token) {
  const std::string_view inside = without_quotes(token.text);
  std::string value;
  for (size_t at = 0; at < inside.size(); ++at) {
    const bool is_escape = inside[at] == '\\' && at + 1 < inside.size() && escaped(inside[at + 1]) != '\0';
    value += is_escape ? escaped(inside[++at]) : inside[at];
  }
  return value;
}

void check_escapes(const Token& token, diag::Engine& diagnostics) {
  const std::string_view text = token.text;
  for (size_t at = text.find('\\'); at != std::string_view::npos && at + 1 < text.size(); at = text.find('\\', at)) {
    const size_t length = 1 + std::max<size_t>(1, diag::utf8_length(text, at + 1));
    if (escaped(text[at + 1]) == '\0') {
      const auto begin = static_cast<uint32_t>(token.begin + at);
      diagnostics.report(diag::Kind::invalid_escape, {begin, begin + static_cast<uint32_t>(length)},
                         {{"escape", std::string(text.substr(at, length))}});
    }
    at += length;
  }
}

}  // namespace tpc::grammar
