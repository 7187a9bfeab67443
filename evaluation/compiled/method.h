/// \file Which method evaluates the limit, with how many samples: math.md 6d, "auto picks exact, then quadrature, then
/// randomised quasi-Monte Carlo, and says which and why".
#pragma once

#include <optional>
#include <string>

#include "base/diag/diagnostic.h"
#include "evaluation/compiled/runtime_state.h"
#include "evaluation/compiled/settings.h"
#include "evaluation/compiled/work_estimate.h"
#include "ir/limit/ir.h"

namespace tpc::evaluation {

struct MethodChoice {
  LimitSettings settings;
  std::string why;         ///< for people
  int64_t most_nodes = 0;  ///< quadrature: how many there may be a dimension, so that the error is small
  /// Quadrature by default: a larger error than this is one for sampling.
  std::optional<double> most_error = {};
  tp_precision precision = TP_F64;  ///< of sample values
};

/// Reports to `diagnostics` if the method asked for cannot evaluate this limit.
MethodChoice choose_method(const ir::limit::Module& module, const std::vector<InputRotation>& rotations,
                           const WorkFacts& facts, const MethodRequest& request, diag::Engine& diagnostics);

/// Sampling where another method was tried by default, and why that was no good.
MethodChoice sampling_instead(const ir::limit::Module& module, const WorkFacts& facts, const MethodRequest& request,
                              const std::string& why_not);
/// Why quadrature was no good: the error that was left.
std::string remaining_error(const MethodChoice& tried, double error);

/// Whether the output starts as a Gaussian process of which every replica has a draw of its own: means over replicas
/// are then means over initial functions, and what replicas differ by is their spread.
bool draws_its_start(const ir::limit::Module& module);

/// Whether the limit has an n x n matrix.
bool has_matrix(const ir::limit::Module& module);

/// Warns about counts and tolerances on the command line that the method chosen does not use.
void warn_without_effect(const MethodRequest& request, const MethodChoice& choice, bool keeps_directions,
                         diag::Engine& diagnostics);

/// The spelling of results: "exact", "quadrature", "qmc", "mc".
std::string method_name(const LimitSettings& settings);

/// "randomised quasi-Monte Carlo, 16384 samples x 12 scramblings": for tables and pictures.
std::string describe_method(const LimitSettings& settings);

/// Default counts for sampling: the most accurate pair whose estimated work is within bounds.
struct SampleCounts {
  int64_t samples = 0;
  int64_t replicas = 0;
};
SampleCounts choose_sample_counts(const ir::limit::Module& module, const WorkFacts& facts,
                                  std::optional<int64_t> samples, std::optional<int64_t> replicas);

}  // namespace tpc::evaluation
