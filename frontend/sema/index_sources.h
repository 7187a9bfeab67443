/// \file Sources of indices: the words of a text with those around them, and draws by how often names occur.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// windows("corpus.txt", rows = 1..1000, window = 8, sample = 1e-4, seed = 1)
void check_windows(Checker& checker, const ast::Call& call, Span span, DataSet& data_set);

/// negatives(word, power = 0.75, seed = 2), where `word` is a field of the parts before this one.
void check_negatives(Checker& checker, const ast::Call& call, Span span, DataSet& part, const DataSet& whole);

}  // namespace tpc::sema
