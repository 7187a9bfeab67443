/// \file Tasks of an ordinary table: the rows that agree in one field.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// episodes(TABLE, task = FIELD, shots = 3, queries = 2, seed = 1, count = 100)
void check_grouped_tasks(Checker& checker, const ast::Call& call, Span span, DataSet& data_set);

}  // namespace tpc::sema
