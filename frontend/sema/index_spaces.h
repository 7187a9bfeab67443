/// \file Dimensions whose indices have names: `dim words = vocabulary("corpus.txt", min_count = 5)`.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// Whether the size of a dimension is written as a call of `vocabulary` or `items`.
bool is_index_source(const ast::Expression& size);

/// Reads the names; the dimension has as many indices. Precondition: is_index_source of its size.
void declare_index_space(Checker& checker, const ast::Dim& dim);

}  // namespace tpc::sema
