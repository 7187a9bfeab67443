/// \file Declarations as they are written, for those who look at a name.
#pragma once

#include <string>

#include "driver/server/document.h"
#include "frontend/ast/ast.h"

namespace tpc::driver::server {

Span span_of(const ast::Declaration& declaration);

/// The declaration that the span lies in; null: none of the file.
const ast::Declaration* declaration_around(const Analysis& analysis, Span span);

/// Where a name that a fn or def binds is known: there, or of a loop's variable in the loop.
Span scope_of(const Analysis& analysis, const sema::NameUse& use);

/// The declaration without what stands in its braces: "def net(x : [d]) -> [k]".
std::string head_of(const diag::Source& source, Span declaration);

/// A def of the library: its head, and the comment above it.
struct LibraryDef {
  std::string head, comment;
};
LibraryDef library_def(const diag::Source& source, const ast::Def& def);
/// The one whose name stands at the span; null: none does.
const ast::Def* find_library_def(const Analysis& analysis, Span name);

}  // namespace tpc::driver::server
