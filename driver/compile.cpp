#include "driver/compile.h"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "base/diag/check.h"
#include "driver/advice.h"
#include "driver/terminal/files.h"
#include "frontend/lowering/lower.h"
#include "frontend/sema/sema.h"
#include "grammar/parse.h"
#include "passes/gaussian/evaluate_expectations.h"
#include "passes/kernel/derive_kernel.h"
#include "passes/kernel/pair_functions.h"
#include "passes/limit/derive_limit.h"
#include "passes/mup/maximal_update.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"
#include "passes/width/width_analysis.h"

namespace tpc::driver {
namespace {

using diag::Kind;

template <class Module>
Module run_pipeline(Module module, const std::vector<std::string>& names, const ir::OptimizerSettings& optimizer) {
  passes::PassOptions options;
  options.optimizer = optimizer;
  passes::AnyModule any = std::move(module);
  const passes::PassError error = passes::run_passes(any, names, options, std::cerr);
  TPC_CHECK(error.empty(), error);
  return std::get<Module>(std::move(any));
}

template <class Module>
void check_ir(const Module& module, const std::string& after) {
  const std::vector<std::string> faults = verify(module);
  TPC_CHECK(faults.empty(), "invalid IR after " + after + ": " + faults.front());
}

/// A point of a regime without a limit: which, why, and what to change.
void report_regime(Compilation& compilation, const Options& options) {
  passes::Classification& classification = *compilation.classification;
  passes::mup::Points points = program_points(compilation, options);
  complete_reasons(classification, points, compilation.training_step->states);
  const Kind kind = classification.regime == passes::Regime::unstable ? Kind::regime_unstable : Kind::regime_trivial;
  auto diagnostic = compilation.diagnostics.report(
      kind, {{"model", compilation.program->model}, {"parametrization", compilation.program->parametrization}});
  for (const passes::Reason& reason : classification.reasons) {
    if (reason.span == Span{}) {
      diagnostic.note(reason.text);
    } else {
      diagnostic.note(reason.text, reason.span);
    }
  }
}

/// Where the features move and the output starts at 0, in changes of the file's parametrization; empty: not found.
std::string starting_at_zero(const Compilation& compilation, const Options& options) {
  passes::mup::Points points = program_points(compilation, options);
  const auto maximal = passes::derive_maximal_update(points, passes::UpdateRule::sgd);
  if (maximal.classification.initial_function != passes::InitialFunction::zero) return "";
  std::string text;
  for (const std::string& change : passes::changes_towards(maximal, points, compilation.training_step->states)) {
    text += (text.empty() ? ": " : ", ") + change;
  }
  return text;
}

/// The derivation stopped at `failure`. Features that move under a Gaussian-process start are the one combination that
/// the classification admits and no derivation covers; what stops it there is a consequence.
void report_failure(Compilation& compilation, const Options& options, const passes::LimitFailure& failure) {
  const passes::Classification& classification = *compilation.classification;
  auto diagnostic = compilation.diagnostics.report(Kind::no_limit, failure.span, {{"why", failure.message}});
  if (classification.regime == passes::Regime::feature_learning &&
      classification.initial_function == passes::InitialFunction::gaussian_process) {
    diagnostic.note(
        "the features move while the output starts as a Gaussian process (weight decay moves features wherever c = 0); "
        "with features that move, limits are derived for an output that starts at 0" +
        starting_at_zero(compilation, options));
  }
}

/// Kernel regime: expectations as formulas in covariances. Where there is no formula the function stays as it is and is
/// sampled.
void evaluate_expectations(Compilation& compilation) {
  compilation.random_limit = compilation.limit;
  passes::EvaluatedExpectations evaluated =
      passes::evaluate_expectations(*compilation.limit, passes::pair_functions(*compilation.limit));
  compilation.sampled = std::move(evaluated.sampled);
  compilation.zero_expectations = std::move(evaluated.zero);
  compilation.limit = run_pipeline(std::move(evaluated.module), passes::limit_pipeline(), {});
  check_ir(*compilation.limit, "the evaluation of expectations");
}

bool derive(Compilation& compilation, const Options& options) {
  const ir::tp::Module& step = *compilation.training_step;
  const ir::OptimizerSettings& optimizer = compilation.program->train->optimizer;
  const bool kernel = compilation.classification->regime == passes::Regime::kernel;
  auto derived = kernel ? passes::derive_kernel(step, *compilation.width, optimizer)
                        : passes::derive_limit(step, *compilation.width);
  if (const auto* failure = std::get_if<passes::LimitFailure>(&derived)) {
    report_failure(compilation, options, *failure);
    return false;
  }
  compilation.limit = run_pipeline(std::get<ir::limit::Module>(std::move(derived)), passes::limit_pipeline(), {});
  check_ir(*compilation.limit, "the derivation of the limit");
  if (kernel) evaluate_expectations(compilation);
  return true;
}

/// The pipeline. Returns false after a user error, which is in `diagnostics`.
bool compile_to(Compilation& compilation, const Options& options, Stage last) {
  // Text -> syntax tree -> checked program: names, shapes, constants, command-line overrides.
  compilation.syntax = grammar::parse(compilation.source, compilation.diagnostics);
  if (compilation.diagnostics.has_errors()) return false;
  if (last == Stage::syntax) return true;
  compilation.program =
      sema::check(compilation.syntax, {options.parametrization, options.values}, compilation.diagnostics);
  if (compilation.diagnostics.has_errors()) return false;
  TPC_CHECK(compilation.program.has_value(), "no program and no error");
  if (last == Stage::program) return true;

  // -> TP IR: the exact program at finite width.
  compilation.finite_width = lowering::lower(*compilation.program);
  check_ir(*compilation.finite_width, "lowering");
  if (last == Stage::finite_width) return true;

  // -> one training step: gradients by reverse-mode differentiation, the optimizer's update, clean-up.
  if (!compilation.program->train) {
    compilation.diagnostics.report(Kind::no_train_block, {{"model", compilation.program->model}});
    return false;
  }
  compilation.training_step =
      run_pipeline(*compilation.finite_width, passes::step_pipeline(), compilation.program->train->optimizer);
  check_ir(*compilation.training_step, "the training step");
  if (last == Stage::training_step) return true;

  // -> the power of n of every value, and what follows for the width's limit.
  compilation.width = passes::analyze_width(*compilation.training_step);
  compilation.classification = passes::classify(*compilation.training_step, *compilation.width);
  if (last == Stage::classification) return true;
  const passes::Regime regime = compilation.classification->regime;
  if (regime != passes::Regime::feature_learning && regime != passes::Regime::kernel) {
    report_regime(compilation, options);
    return false;
  }

  // -> Limit IR: leading exponents, hat and dot variables, expectations; clean-up. Code generation starts here.
  return derive(compilation, options);
}

}  // namespace

std::unique_ptr<Compilation> compile(const Options& options, Stage last) {
  std::string text;
  const std::string failure = read_text_file(options.file, text);
  auto compilation =
      std::make_unique<Compilation>(diag::Source(options.file == "-" ? "<stdin>" : options.file, std::move(text)));
  if (!failure.empty()) {
    compilation->diagnostics.report(Kind::cannot_read_file, {{"path", options.file}, {"why", failure}});
  }
  bool done = failure.empty();
  try {
    done = done && compile_to(*compilation, options, last);
  } catch (const std::overflow_error&) {  // Rational: powers of n that leave 128 bits
    compilation->diagnostics.report(Kind::exponent_overflow);
    done = false;
  }
  const bool errors = print_diagnostics(*compilation);
  TPC_CHECK(done != errors, "the pipeline stopped without saying why");
  return done ? std::move(compilation) : nullptr;
}

bool print_diagnostics(Compilation& compilation) {
  const diag::Engine printed = std::exchange(compilation.diagnostics, {});
  diag::print(std::cerr, compilation.source, printed, diag::stream_wants_color(STDERR_FILENO));
  return printed.has_errors();
}

}  // namespace tpc::driver
