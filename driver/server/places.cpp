#include "driver/server/places.h"

#include "driver/server/library_files.h"

namespace tpc::driver::server {

uint32_t offset_of(const Analysis& analysis, const Json& params) {
  return static_cast<uint32_t>(analysis.lines.offset(position_from(required<Json>(params, "position"))));
}

bool is_own(const Analysis& analysis, Span span) { return &analysis.source().of(span) == &analysis.source(); }

std::optional<Json> location(const Document& document, const Analysis& analysis, Span span, Encoding encoding) {
  if (is_own(analysis, span)) return Json{{"uri", document.uri()}, {"range", range_json(analysis.lines, span)}};
  const diag::Source& text = analysis.source().of(span);
  const std::string path = library_file(text);
  if (path.empty()) return std::nullopt;
  const Span in_text{span.begin - text.first(), span.end - text.first()};
  return Json{{"uri", uri_of_path(path)}, {"range", range_json(Lines(text.text(), encoding), in_text)}};
}

}  // namespace tpc::driver::server
