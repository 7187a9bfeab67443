/// \file How one function of pairs of points (the kernel, a Gram matrix) is evaluated: by closed forms, by
/// Gauss-Hermite sums, or with random variables like any other limit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/session.h"
#include "evaluation/compiled/method.h"
#include "evaluation/kernel/kernel_points.h"

namespace tpc::driver {

struct PairForm {
  ir::limit::Module module;  ///< with this function alone
  MethodChoice choice;       ///< method exact without random variables: closed forms, and samples is 0
  bool sampled = false;      ///< random variables are left
  std::vector<InputRotation> rotations;
};

/// `points`: how many the function is evaluated on. Reports to the session's diagnostics if the method asked for cannot
/// evaluate the function.
PairForm choose_pair_form(Session& session, const std::string& function, int64_t points, const Options& options);

/// The function's values for every replica; `coarse` from three quarters of the nodes (quadrature only).
struct PairResult {
  PairValues values;
  std::optional<PairValues> coarse;
  double compile_seconds = 0.0;
};

/// Compiles and evaluates; updates form.choice.settings to what was used. Empty after an error in the session's
/// diagnostics. Throws EvaluationFailure.
std::optional<PairResult> evaluate_form(Session& session, PairForm& form, const LoadedSet& set, const Options& options,
                                        const std::string& label);

}  // namespace tpc::driver
