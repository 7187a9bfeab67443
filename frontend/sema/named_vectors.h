/// \file Observations of the rows of a table whose indices have names: analogies(..), nearest(..), pca(..).
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// True if the observation is one of these; then it is checked and added to the program.
bool check_named_vectors(Checker& checker, const ast::Observe& observe);

}  // namespace tpc::sema
