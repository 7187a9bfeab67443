#include <algorithm>

#include "driver/server/places.h"
#include "driver/server/server.h"
#include "frontend/format/format.h"

namespace tpc::driver::server {
namespace {

/// The part of `before` that is not the same in `after`: what both begin and end with is left out, so that an editor
/// keeps its cursor and marks there. Cut where a character begins.
Span changed_part(std::string_view before, std::string_view after) {
  const size_t shorter = std::min(before.size(), after.size());
  size_t begin = 0, end = 0;
  while (begin < shorter && before[begin] == after[begin]) ++begin;
  while (end < shorter - begin && before[before.size() - 1 - end] == after[after.size() - 1 - end]) ++end;
  const auto inside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };  // of a character in UTF-8
  while (begin > 0 && begin < before.size() && inside(before[begin])) --begin;
  while (end > 0 && inside(before[before.size() - end])) --end;
  return {static_cast<uint32_t>(begin), static_cast<uint32_t>(before.size() - end)};
}

}  // namespace

/// As `tpc format` writes it, whatever the client says of tabs; a text that is none is left as it is, and its
/// diagnostics say why.
Json formatting(Server& server, const Json& params) {
  Document& document = server.document(params);
  const Analysis& analysis = document.analysis();
  diag::Engine errors;
  const auto formatted = format::format_source(analysis.source(), errors);
  Json edits = Json::array();
  if (!formatted || *formatted == document.text()) return edits;
  const Span part = changed_part(document.text(), *formatted);
  const size_t kept = document.text().size() - part.end;
  edits.push_back({{"range", range_json(analysis.lines, part)},
                   {"newText", formatted->substr(part.begin, formatted->size() - kept - part.begin)}});
  return edits;
}

}  // namespace tpc::driver::server
