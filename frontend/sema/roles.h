/// \file Which row of the tables of parametrizations a table of vectors has: by its shape [T, n] it could be an output.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// A table P : [T, n] of which the body only takes rows gives vectors like an input weight [n, T], unless they only
/// stand before vectors of the width, P[i] @ h: then it is an output, like P in P @ h.
void settle_roles(Checker& checker, const Body& body);

}  // namespace tpc::sema
