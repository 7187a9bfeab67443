/// \file The conditions of a classification, in sentences: which one fails, on which value, and what to change.
#pragma once

#include <vector>

#include "passes/width/classify.h"

namespace tpc::passes::width {

/// One sentence per cause of instability; empty iff the program is stable (math.md section 4). Consequences of a cause
/// (a value that is computed from one that already grows or vanishes) are not repeated.
std::vector<Reason> instabilities(const ir::tp::Module& module, const WidthAnalysis& analysis);

/// For a stable program: what the regime rests on, which updates vanish, what the initial function is.
std::vector<Reason> explain_regime(const ir::tp::Module& module, const WidthAnalysis& analysis,
                                   const Classification& classification);

/// The hidden vector of `predict` that moves most, a named one if possible, and how much.
struct Movement {
  ir::ValueId vector;  ///< invalid if none ever moves
  ir::Exponent exponent;
};
Movement fastest_hidden_vector(const ir::tp::Module& module, const WidthAnalysis& analysis);

}  // namespace tpc::passes::width
