/// \file JSON-RPC 2.0: what goes wrong with a request, by its number, and ranges as the protocol has them.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "driver/report/json_fwd.h"
#include "driver/server/positions.h"

namespace tpc::driver::server {

enum class ErrorCode {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  not_initialized = -32002,
};

/// The answer to a request that is an error.
class RequestError : public std::runtime_error {
 public:
  RequestError(ErrorCode error, const std::string& message) : std::runtime_error(message), code(error) {}
  ErrorCode code;
};

Json position_json(const Position& position);
/// Throws RequestError where it is none.
Position position_from(const Json& json);
/// `span`: in the bytes of the text.
Json range_json(const Lines& lines, Span span);
Span span_from(const Lines& lines, const Json& range);

/// What the object has under the key. Throws RequestError where it has nothing, or something else.
template <class Value>
Value required(const Json& object, const char* key) {
  try {
    return object.at(key).get<Value>();
  } catch (const Json::exception&) {
    throw RequestError(ErrorCode::invalid_params, std::string("`") + key + "` is missing, or of another type");
  }
}

/// Strings of the user are not always UTF-8: what is none is replaced.
std::string dump(const Json& json);

}  // namespace tpc::driver::server
