/// \file The language server: its life, its documents, and the table of what it answers (methods.def).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "driver/server/document.h"
#include "driver/server/protocol.h"
#include "driver/server/transport.h"

namespace tpc::driver::server {

class Server {
 public:
  explicit Server(Transport& transport) : transport_(transport) {}

  /// Serves until the client ends it. The exit status of the protocol: 0 if it had asked for the end (`shutdown`),
  /// else 1.
  int run();

  // For the methods:
  /// The document that `params.textDocument` names. Throws RequestError if it is not open.
  Document& document(const Json& params);
  void open(Document document);
  void close(const std::string& uri);
  [[nodiscard]] Encoding encoding() const { return encoding_; }
  /// What the client said of itself in `initialize`; null where it said nothing. `path`: "/textDocument/..".
  [[nodiscard]] Json capability(const char* path) const;
  void notify(const char* method, Json params);

 private:
  enum class State { created, initialized, ended };
  void receive(const std::string& body);
  void answer(const Json& id, const std::string& method, const Json& params);
  Json respond(const std::string& method, const Json& params);
  Json initialize(const Json& params);
  void handle_notification(const std::string& method, const Json& params);
  void send(const Json& message);
  void send_error(const Json& id, ErrorCode code, const std::string& message);
  /// How long to wait for a message before diagnostics are due; negative: none are.
  [[nodiscard]] int milliseconds_to_diagnostics() const;
  void send_diagnostics();

  Transport& transport_;
  State state_ = State::created;
  bool asked_to_end_ = false;  ///< by `shutdown`
  Encoding encoding_ = Encoding::utf16;
  Json client_;  ///< its capabilities
  std::map<std::string, Document> documents_;
};

// The methods, one function each, in files of their names.
#define TPC_REQUEST(method, function, capability, value) Json function(Server& server, const Json& params);
#define TPC_NOTIFICATION(method, function) void function(Server& server, const Json& params);
#include "driver/server/methods.def"

/// `textDocument/publishDiagnostics` of the document as it is.
void publish_diagnostics(Server& server, Document& document);

}  // namespace tpc::driver::server
