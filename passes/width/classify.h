/// \file Stability, triviality and regime of a training program, read off its width exponents (math.md sections 2, 4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "passes/width/invariants.h"
#include "passes/width/width_analysis.h"

namespace tpc::passes {

enum class Regime { feature_learning, kernel, trivial, unstable };
/// The output before training, in the limit. deterministic: of order one and the same for every draw of the weights,
/// as an average over the width is. other: of order one and neither of these, as the sum of both is.
enum class InitialFunction { zero, gaussian_process, deterministic, other };

std::string_view regime_name(Regime regime);                      ///< "feature-learning", ...: the JSON spelling
std::string_view initial_function_name(InitialFunction initial);  ///< "zero", "gaussian-process", ...

struct WeightReport {
  std::string name;
  ir::Role role = ir::Role::input;
  ir::Rational a, b, c;
  std::optional<ir::Rational> d;  ///< of an entrywise optimizer
  ir::Exponent update_exponent;   ///< what its own update contributes to what it produces
  std::optional<bool> in_kernel;  ///< in the kernel regime only
};

/// A change of one weight's exponents that would do away with a reason, by the reason's own arithmetic. Whether the
/// program is then what was promised only an analysis of the changed program says (passes/mup/advice.h).
struct Advice {
  std::string weight;
  Invariant invariant = Invariant::scale;
  ir::Rational now, goal;
  bool at_least = false;  ///< anything larger serves, too
};
std::string describe(const Advice& advice);  ///< "choose a + b >= 1/2 for V (now 0)"

/// A sentence for people, with the place in the source it speaks of (if any).
struct Reason {
  std::string text;  ///< empty: the reason is its advice
  Span span;
  std::optional<Advice> advice = {};
  /// With the advice.
  [[nodiscard]] std::string sentence() const;
};

struct Classification {
  bool stable = false;
  bool nontrivial = false;
  Regime regime = Regime::unstable;
  std::optional<ir::Rational> r;                    ///< empty when unstable or when nothing hidden ever moves
  std::optional<InitialFunction> initial_function;  ///< empty when unstable
  std::vector<WeightReport> weights;  ///< those `predict` reads (no optimizer state), in the order of the file
  ValueExponents output;
  std::vector<Reason> reasons;  ///< which conditions hold or fail, and what might be changed
};

/// Whether the optimizer changes every entry by a function of its own gradients: without moving features its training
/// is that of no kernel.
bool is_entrywise(const Classification& classification);

Classification classify(const ir::tp::Module& module, const WidthAnalysis& analysis);

}  // namespace tpc::passes
