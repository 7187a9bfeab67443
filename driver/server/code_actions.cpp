#include <algorithm>

#include "driver/server/diagnostics.h"
#include "driver/server/places.h"

namespace tpc::driver::server {
namespace {

/// Whether the client asks for quick fixes, among others.
bool are_wanted(const Json& params) {
  const Json context = params.contains("context") ? params.at("context") : Json::object();
  if (!context.is_object() || !context.contains("only")) return true;
  const Json& only = context.at("only");
  return std::ranges::any_of(only, [](const Json& kind) { return kind == "quickfix" || kind == ""; });
}

Json action(Server& server, const Document& document, const Analysis& analysis, const diag::Diagnostic& diagnostic,
            const diag::Fix& fix) {
  Json edits = Json::array();
  for (const diag::Edit& edit : fix.edits) {
    edits.push_back({{"range", range_json(analysis.lines, edit.span)}, {"newText", edit.text}});
  }
  std::string title = fix.title;
  title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(title.front())));
  return {{"title", title},
          {"kind", "quickfix"},
          {"diagnostics", Json::array({diagnostic_json(server, document, analysis, diagnostic)})},
          {"isPreferred", diagnostic.fixes.size() == 1},
          {"edit", {{"changes", {{document.uri(), std::move(edits)}}}}}};
}

}  // namespace

Json code_actions(Server& server, const Json& params) {
  Document& document = server.document(params);
  const Analysis& analysis = document.analysis();
  const Span range = span_from(analysis.lines, required<Json>(params, "range"));
  Json actions = Json::array();
  if (!are_wanted(params)) return actions;
  for (const diag::Diagnostic* diagnostic : diag::in_order(analysis.compilation.diagnostics)) {
    const Span span = shown_span(analysis, *diagnostic);
    if (span.end < range.begin || range.end < span.begin) continue;
    for (const diag::Fix& fix : diagnostic->fixes) {
      const bool here = std::ranges::all_of(fix.edits, [&](const auto& edit) { return is_own(analysis, edit.span); });
      if (here) actions.push_back(action(server, document, analysis, *diagnostic, fix));
    }
  }
  return actions;
}

}  // namespace tpc::driver::server
