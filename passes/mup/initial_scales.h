/// \file Step 1 of the maximal update: how large the initial entries of each weight are to be.
#pragma once

#include <string>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes::mup {

struct InitialScale {
  ir::Rational b;      ///< entries of order n^{-b}, at a = 0
  std::string remark;  ///< if different uses of the weight want different b: which
  /// These are an input's and an output's, of a weight that is no matrix: W @ x wants b = 0, W.T @ z wants b = 1.
  bool embeds_and_reads_out = false;
};

/// By StateId. Every activation is taken to be of order one, and no sum over the width to cancel. A finite state has
/// b = 0. Where uses disagree the largest b is taken, so that nothing grows.
std::vector<InitialScale> initial_scales(const ir::tp::Module& module);

}  // namespace tpc::passes::mup
