#include "driver/server/protocol.h"

#include <limits>

namespace tpc::driver::server {
namespace {

/// A number of the protocol's `uinteger`; more than 32 bits are none.
size_t index_from(const Json& json, const char* key) {
  const auto value = required<double>(json, key);
  if (value >= 0 && value <= std::numeric_limits<uint32_t>::max()) return static_cast<size_t>(value);
  throw RequestError(ErrorCode::invalid_params, std::string("`") + key + "` is not a number of the protocol");
}

}  // namespace

Json position_json(const Position& position) { return {{"line", position.line}, {"character", position.character}}; }

Position position_from(const Json& json) { return {index_from(json, "line"), index_from(json, "character")}; }

Json range_json(const Lines& lines, Span span) {
  return {{"start", position_json(lines.position(span.begin))}, {"end", position_json(lines.position(span.end))}};
}

Span span_from(const Lines& lines, const Json& range) {
  const auto place = [&](const char* key) {
    return static_cast<uint32_t>(lines.offset(position_from(required<Json>(range, key))));
  };
  const uint32_t begin = place("start"), end = place("end");
  return {begin, std::max(begin, end)};
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace tpc::driver::server
