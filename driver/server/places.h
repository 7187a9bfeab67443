/// \file Spans of a document as the protocol's locations: in itself, or in the library.
#pragma once

#include <optional>

#include "driver/server/document.h"
#include "driver/server/protocol.h"

namespace tpc::driver::server {

/// The byte of the text that `params.position` names.
uint32_t offset_of(const Analysis& analysis, const Json& params);

/// Whether the span lies in the document itself.
bool is_own(const Analysis& analysis, Span span);

/// {"uri", "range"}; empty: it lies in the library, of which there is no file.
std::optional<Json> location(const Document& document, const Analysis& analysis, Span span, Encoding encoding);

}  // namespace tpc::driver::server
