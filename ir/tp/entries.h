/// \file Maps of matrices: which are linear, so that a sum of outer products stays one, and which are other functions
/// of the entries.
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::ir::tp {

/// Whether the map of matrices is a sum, a difference, a negation, or a multiple by a number.
bool is_linear_in_matrices(const Function& function, const Map& op);

/// By StateId: the matrices whose entries are treated one by one in some function: they are written from other than
/// linear functions of entries, or such functions are taken of them. The limit of their updates is a random variable of
/// two points (Kind::pair), not a sum of outer products.
std::vector<bool> entrywise_states(const Module& module);

}  // namespace tpc::ir::tp
