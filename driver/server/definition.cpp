#include "driver/server/places.h"
#include "driver/server/server.h"

namespace tpc::driver::server {

Json definition(Server& server, const Json& params) {
  Document& document = server.document(params);
  const Analysis& analysis = document.analysis();
  const sema::NameUse* use = analysis.names().at(offset_of(analysis, params));
  if (use == nullptr) return {};
  return location(document, analysis, use->declared, server.encoding()).value_or(Json());
}

}  // namespace tpc::driver::server
