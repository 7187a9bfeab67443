/// \file The limit of one function: walks its instructions and keeps, of every value, the leading power of n.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "passes/limit/derive_limit.h"
#include "passes/limit/scaled_value.h"

namespace tpc::passes {

/// What stays of a state in the limit, decided once for all functions.
struct StateLimit {
  bool keeps_initial = true;  ///< the initial value has the leading exponent
  bool keeps_updates = true;  ///< the updates have the leading exponent
  bool entrywise = false;     ///< of a matrix: its updates are functions of entries (ir/tp/entries.h)
  /// Of a matrix whose updates are functions of entries: the state of the limit that holds them, K(w, w').
  ir::StateId pairs = {};
  /// Of a matrix that keeps a multiple of an initial Gaussian one: whose (math.md 7: W_t = alpha_t W_0 + updates), and
  /// the state of the limit that holds alpha_t, invalid where it stays 1.
  ir::StateId gaussian = {}, share = {};
  /// Of an initial Gaussian matrix whose entries meet functions of entries: two Gaussian vectors that nothing else
  /// reads, of which the limit makes one independent number for each pair of points (entry_noise.h).
  ir::StateId noise = {}, second_noise = {};
};

/// Derives `source` and appends it to `target.functions`; names of dropped summands are added to target.vanishing.
/// Empty on success.
///
/// `initial_exponents`, by ValueId of `source`: given for a program that sees the states at their initial law only.
/// There expectations vanish by symmetry; where a value's exponent is smaller than the law of large numbers says, it is
/// a random number of that size. It may be dropped from sums and where phi(0) stays of phi; a result that keeps one
/// fails.
std::optional<LimitFailure> derive_function(const ir::tp::Module& module, const ir::tp::Function& source,
                                            const std::vector<StateLimit>& states, ir::limit::Module& target,
                                            const std::vector<ir::Exponent>* initial_exponents = nullptr);

}  // namespace tpc::passes
