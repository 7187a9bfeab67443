/// \file What a run records: outputs on data sets and Gram matrices of named vectors.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

void check_declaration(Checker& checker, const ast::Observe& observe);
/// At the end of the file, when the network is settled: outputs on every data set that has the network's inputs, unless
/// an observation of outputs is declared.
void add_default_observation(Checker& checker);

}  // namespace tpc::sema
