/// \file Limit IR -> printed equations: which values get a symbol and which are written out where they are used.
#pragma once

#include <string>
#include <vector>

#include "ir/limit/ir.h"
#include "passes/derive/math.h"

namespace tpc::passes {

/// The letter a finite dimension is summed and indexed by: the batch is i, the others bear their own names.
std::string index_letter(const ir::limit::Module& module, ir::DimId dim);

/// The module's states, forward pass, Gaussian families, training step and vanishing terms, in reading order.
std::vector<math::Section> write_equations(const ir::limit::Module& module);

}  // namespace tpc::passes
