#include "driver/server/server.h"

namespace tpc::driver::server {

void did_open(Server& server, const Json& params) {
  const auto item = required<Json>(params, "textDocument");
  server.open({required<std::string>(item, "uri"), required<std::string>(item, "text"),
               required<int64_t>(item, "version"), server.encoding()});
}

void did_change(Server& server, const Json& params) {
  const auto identifier = required<Json>(params, "textDocument");
  server.document(params).change(required<Json>(params, "contentChanges"), required<int64_t>(identifier, "version"));
}

void did_close(Server& server, const Json& params) {
  const std::string uri = server.document(params).uri();
  server.close(uri);
  server.notify("textDocument/publishDiagnostics", {{"uri", uri}, {"diagnostics", Json::array()}});
}

}  // namespace tpc::driver::server
