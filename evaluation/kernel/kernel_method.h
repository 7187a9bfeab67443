/// \file How one function of pairs of points (the kernel, a Gram matrix) is evaluated: by closed forms, by
/// sums over nodes, or with random variables like any other limit.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/compiled/method.h"
#include "evaluation/compiled/settings.h"
#include "evaluation/kernel/kernel_points.h"
#include "evaluation/training/problem.h"
#include "ir/tp/ir.h"
#include "passes/kernel/function_space.h"

namespace tpc::evaluation {

/// A program in the kernel regime, derived (math.md 5b).
struct KernelProgram {
  const ir::tp::Module& finite_width;                             ///< shows how the data lie in input space
  const ir::limit::Module& limit;                                 ///< expectations as formulas, where there are
  const ir::limit::Module& random_limit;                          ///< before that: what sampling evaluates
  const std::map<ir::FunctionKey, std::string>& without_formula;  ///< functions that have to be sampled, and why
  const passes::FunctionSpace* tasks = nullptr;  ///< of a program that adapts to tasks: what its functions need
};

struct PairForm {
  ir::limit::Module module;  ///< with this function alone
  MethodChoice choice;       ///< method exact without random variables: closed forms, and samples is 0
  bool sampled = false;      ///< random variables are left
  std::vector<InputRotation> rotations;

  [[nodiscard]] bool sums_over_nodes() const {
    return choice.settings.method == TP_METHOD_QUADRATURE && choice.settings.rule == NodeRule::trapezoidal_sums;
  }
};

/// The function's values for every replica; `coarse` from about two thirds or three quarters of the nodes (quadrature
/// only).
struct PairResult {
  PairValues values;
  std::optional<PairValues> coarse;
  double compile_seconds = 0.0;
};

/// Evaluates functions of pairs of one program. Errors go to the problem's diagnostics.
class PairFunctions {
 public:
  PairFunctions(const Problem& problem, const KernelProgram& program, const EvaluationSettings& settings)
      : problem_(problem), program_(program), settings_(settings) {}

  /// `points`: how many the function is evaluated on. Reports if the method asked for cannot evaluate the function.
  [[nodiscard]] PairForm choose(const ir::FunctionKey& function, int64_t points) const;
  /// Compiles and evaluates on all pairs (quadrature: with more and more nodes until the error is below 1e-8, or with
  /// as many as were asked for) of the set's examples; updates form.choice.settings to what was used. Empty
  /// after an error. Throws EvaluationFailure.
  std::optional<PairResult> evaluate(PairForm& form, const LoadedSet& set, const std::string& label) const;

 private:
  void choose_nodes(PairForm& form, const ir::FunctionKey& function, int64_t points) const;
  std::optional<PairResult> evaluate_over_nodes(PairForm& form, const LoadedSet& set, const std::string& label) const;
  std::optional<PairValues> evaluate_once(const PairForm& form, const ir::limit::Module& module,
                                          LimitSettings& settings, const LoadedSet& set, const std::string& label,
                                          double& compile_seconds) const;

  const Problem& problem_;
  const KernelProgram& program_;
  const EvaluationSettings& settings_;
};

}  // namespace tpc::evaluation
