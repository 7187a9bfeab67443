/// \file The declarations that make up a network: dim, const, fn and def, one function each.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// The defs that every program can call.
void declare_library(Checker& checker);

void check_declaration(Checker& checker, const ast::Dim& dim);
void check_declaration(Checker& checker, const ast::Constant& constant);
void check_declaration(Checker& checker, const ast::Fn& fn);
void check_declaration(Checker& checker, const ast::Def& def);

}  // namespace tpc::sema
