#include "driver/server/server.h"

#include <algorithm>
#include <chrono>

#include "driver/provenance.h"

namespace tpc::driver::server {
namespace {

using Clock = std::chrono::steady_clock;

/// A document is checked when nothing has been typed for so long, or when somebody asks what needs that.
constexpr auto pause_of_typing = std::chrono::milliseconds(200);

struct Request {
  const char* method;
  Json (*answer)(Server&, const Json&);
  const char *capability, *value;
};

constexpr Request requests[] = {
#define TPC_REQUEST(method, function, capability, value) {method, function, capability, value},
#include "driver/server/methods.def"
};

struct Notification {
  const char* method;
  void (*take)(Server&, const Json&);
};

constexpr Notification notifications[] = {
#define TPC_NOTIFICATION(method, function) {method, function},
#include "driver/server/methods.def"
};

/// The message as JSON; empty: it is none. What is nested deeper than any message of the protocol is left out, so that
/// copies of it do not recurse as deep as a stranger likes.
std::optional<Json> parsed(const std::string& body) {
  constexpr int deepest = 64;
  const auto keep = [](int depth, Json::parse_event_t, Json&) { return depth <= deepest; };
  Json json = Json::parse(body, keep, false);
  return json.is_discarded() ? std::nullopt : std::optional(std::move(json));
}

}  // namespace

int Server::run() {
  std::string body;
  while (state_ != State::ended) {
    switch (transport_.next(body, milliseconds_to_diagnostics())) {
      case Transport::Event::message: receive(body); break;
      case Transport::Event::malformed: send_error(nullptr, ErrorCode::parse_error, body); break;
      case Transport::Event::idle: send_diagnostics(); break;
      case Transport::Event::end: return 1;  // no `exit`: the client is gone
    }
  }
  return asked_to_end_ ? 0 : 1;
}

Document& Server::document(const Json& params) {
  const auto uri = required<std::string>(required<Json>(params, "textDocument"), "uri");
  const auto found = documents_.find(uri);
  if (found == documents_.end()) throw RequestError(ErrorCode::invalid_params, uri + " is not open");
  return found->second;
}

void Server::open(Document document) {
  const std::string uri = document.uri();
  documents_.insert_or_assign(uri, std::move(document));
}

void Server::close(const std::string& uri) { documents_.erase(uri); }

Json Server::capability(const char* path) const {
  const Json::json_pointer pointer(path);
  return client_.contains(pointer) ? client_.at(pointer) : Json();
}

void Server::receive(const std::string& body) {
  const auto message = parsed(body);
  if (!message) return send_error(nullptr, ErrorCode::parse_error, "this is no JSON");
  const bool object = message->is_object();
  const Json id = object && message->contains("id") ? message->at("id") : Json();
  if (object && message->contains("method") && message->at("method").is_string()) {
    const auto method = message->at("method").get<std::string>();
    const Json params = message->contains("params") ? message->at("params") : Json::object();
    if (!message->contains("id")) return handle_notification(method, params);
    if (id.is_string() || id.is_number_integer()) return answer(id, method, params);
  }
  const bool response = object && (message->contains("result") || message->contains("error"));
  if (!response) send_error(id, ErrorCode::invalid_request, "neither a request nor a notification");
}

void Server::answer(const Json& id, const std::string& method, const Json& params) {
  try {
    Json result = respond(method, params);
    send({{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}});
  } catch (const RequestError& error) {
    send_error(id, error.code, error.what());
  } catch (const Json::exception& error) {
    send_error(id, ErrorCode::invalid_params, error.what());
  } catch (const std::exception& error) {  // ours, or no memory: the server goes on
    send_error(id, ErrorCode::internal_error, error.what());
  }
}

Json Server::respond(const std::string& method, const Json& params) {
  if (method == "initialize" && state_ == State::created) return initialize(params);
  if (state_ == State::created) throw RequestError(ErrorCode::not_initialized, "`initialize` comes first");
  if (asked_to_end_ || method == "initialize") {
    throw RequestError(ErrorCode::invalid_request, "`" + method + "` has no place here");
  }
  if (method == "shutdown") {
    asked_to_end_ = true;
    return {};
  }
  const auto* request = std::ranges::find(requests, method, &Request::method);
  if (request == std::end(requests)) throw RequestError(ErrorCode::method_not_found, "no method `" + method + "`");
  return request->answer(*this, params);
}

void Server::handle_notification(const std::string& method, const Json& params) {
  if (method == "exit") state_ = State::ended;
  const auto* notification = std::ranges::find(notifications, method, &Notification::method);
  if (state_ != State::initialized || asked_to_end_ || notification == std::end(notifications)) return;
  try {
    notification->take(*this, params);
  } catch (const std::exception& error) {
    constexpr int log_error = 1;
    notify("window/logMessage", {{"type", log_error}, {"message", method + ": " + error.what()}});
  }
}

Json Server::initialize(const Json& params) {
  state_ = State::initialized;
  client_ = params.is_object() && params.contains("capabilities") ? params.at("capabilities") : Json::object();
  const Json encodings = capability("/general/positionEncodings");
  const bool bytes = encodings.is_array() && std::ranges::find(encodings, Json("utf-8")) != encodings.end();
  encoding_ = bytes ? Encoding::utf8 : Encoding::utf16;
  constexpr int incremental = 2;
  Json capabilities = {{"positionEncoding", bytes ? "utf-8" : "utf-16"},
                       {"textDocumentSync", {{"openClose", true}, {"change", incremental}}}};
  for (const Request& request : requests) capabilities[request.capability] = Json::parse(request.value);
  return {{"capabilities", std::move(capabilities)}, {"serverInfo", {{"name", "tpc"}, {"version", version()}}}};
}

void Server::notify(const char* method, Json params) {
  send({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}});
}

void Server::send_error(const Json& id, ErrorCode code, const std::string& message) {
  send({{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", static_cast<int>(code)}, {"message", message}}}});
}

/// A client that takes nothing any more is gone.
void Server::send(const Json& message) {
  if (!transport_.send(dump(message))) state_ = State::ended;
}

int Server::milliseconds_to_diagnostics() const {
  std::optional<Clock::time_point> due;
  for (const auto& [uri, document] : documents_) {
    if (document.unsent && (!due || *document.unsent < *due)) due = document.unsent;
  }
  if (!due) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due + pause_of_typing - Clock::now());
  return std::max<int>(0, static_cast<int>(left.count()));
}

void Server::send_diagnostics() {
  for (auto& [uri, document] : documents_) {
    if (!document.unsent || *document.unsent + pause_of_typing > Clock::now()) continue;
    document.unsent.reset();
    try {
      publish_diagnostics(*this, document);
    } catch (const std::exception& error) {
      constexpr int log_error = 1;
      notify("window/logMessage", {{"type", log_error}, {"message", uri + ": " + error.what()}});
    }
  }
}

}  // namespace tpc::driver::server
