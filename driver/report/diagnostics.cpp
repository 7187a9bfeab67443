#include "driver/report/diagnostics.h"

#include "driver/report/json.h"

namespace tpc::driver {
namespace {

Json position_json(const diag::Source& source, uint32_t offset) {
  const diag::Source::Position position = source.position(offset);
  return {{"line", position.line}, {"column", position.column}, {"offset", offset - source.first()}};
}

/// "file" and "range"; null where there is no place in a text.
void add_place(Json& json, const diag::Source& source, Span span, bool has_span) {
  const diag::Source& text = source.of(span);
  json["file"] = has_span ? Json(text.name()) : Json();
  json["range"] = has_span ? range_json(text, span) : Json();
}

Json fix_json(const diag::Source& source, const diag::Fix& fix) {
  Json json = {{"title", fix.title}, {"edits", Json::array()}};
  for (const diag::Edit& edit : fix.edits) {
    Json& written = json["edits"].emplace_back(Json::object());
    add_place(written, source, edit.span, true);
    written["text"] = edit.text;
  }
  return json;
}

Json diagnostic_json(const diag::Source& source, const diag::Diagnostic& diagnostic) {
  Json json = {{"code", std::string(diag::kind_name(diagnostic.kind))},
               {"severity", severity_word(diag::kind_severity(diagnostic.kind))},
               {"message", diagnostic.message}};
  add_place(json, source, diagnostic.span, diagnostic.has_span);
  json["notes"] = Json::array();
  for (const diag::Note& note : diagnostic.notes) {
    Json& written = json["notes"].emplace_back(Json{{"message", note.text}});
    add_place(written, source, note.span, note.has_span);
  }
  json["fixes"] = Json::array();
  for (const diag::Fix& fix : diagnostic.fixes) json["fixes"].push_back(fix_json(source, fix));
  return json;
}

}  // namespace

std::string_view severity_word(diag::Severity severity) {
  return severity == diag::Severity::error ? "error" : "warning";
}

Json range_json(const diag::Source& source, Span span) {
  return {{"start", position_json(source, span.begin)}, {"end", position_json(source, span.end)}};
}

Json diagnostics_json(const diag::Source& source, const diag::Engine& engine) {
  Json json = Json::array();
  for (const diag::Diagnostic* diagnostic : diag::in_order(engine))
    json.push_back(diagnostic_json(source, *diagnostic));
  return json;
}

}  // namespace tpc::driver
