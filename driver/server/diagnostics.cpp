#include "driver/server/diagnostics.h"

#include "driver/server/library_files.h"
#include "driver/server/places.h"

namespace tpc::driver::server {
namespace {

constexpr int severity_error = 1, severity_warning = 2;

}  // namespace

/// Errors inside of the library have a note at the call in the document; what has no place stands at the beginning.
Span shown_span(const Analysis& analysis, const diag::Diagnostic& diagnostic) {
  if (diagnostic.has_span && is_own(analysis, diagnostic.span)) return diagnostic.span;
  for (const diag::Note& note : diagnostic.notes) {
    if (note.has_span && is_own(analysis, note.span)) return note.span;
  }
  return {};
}

/// Notes with a place, if the client can show them; the others are lines of the message.
Json diagnostic_json(Server& server, const Document& document, const Analysis& analysis,
                     const diag::Diagnostic& diagnostic) {
  const bool shows_places = server.capability("/textDocument/publishDiagnostics/relatedInformation") == Json(true);
  std::string message = diagnostic.message;
  Json related = Json::array();
  for (const diag::Note& note : diagnostic.notes) {
    const auto place = note.has_span && shows_places ? location(document, analysis, note.span, server.encoding())
                                                     : std::optional<Json>();
    if (place) {
      related.push_back({{"location", *place}, {"message", note.text}});
    } else {
      message += "\n" + note.text;
    }
  }
  const bool error = diag::kind_severity(diagnostic.kind) == diag::Severity::error;
  Json json = {{"range", range_json(analysis.lines, shown_span(analysis, diagnostic))},
               {"severity", error ? severity_error : severity_warning},
               {"code", std::string(diag::kind_name(diagnostic.kind))},
               {"source", "tpc"},
               {"message", message}};
  if (!related.empty()) json["relatedInformation"] = std::move(related);
  return json;
}

void publish_diagnostics(Server& server, Document& document) {
  Json list = Json::array();
  const std::string library = library_folder();
  const bool of_library = !library.empty() && document.path().starts_with(library + "/");
  if (!of_library) {  // which is no program
    const Analysis& analysis = document.analysis();
    for (const diag::Diagnostic* diagnostic : diag::in_order(analysis.compilation.diagnostics)) {
      list.push_back(diagnostic_json(server, document, analysis, *diagnostic));
    }
  }
  server.notify("textDocument/publishDiagnostics",
                {{"uri", document.uri()}, {"version", document.version()}, {"diagnostics", std::move(list)}});
}

}  // namespace tpc::driver::server
