#include "passes/named_passes.h"

#include <algorithm>
#include <ostream>

#include "passes/autodiff/autodiff.h"
#include "passes/autodiff/expand_gradients.h"
#include "passes/autodiff/output_gradient.h"
#include "passes/contractions/distribute_products.h"
#include "passes/gaussian/evaluate_expectations.h"
#include "passes/kernel/derive_kernel.h"
#include "passes/kernel/derive_operator.h"
#include "passes/kernel/pair_functions.h"
#include "passes/limit/derive_limit.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/simplify.h"
#include "passes/update/update.h"
#include "passes/width/classify.h"
#include "passes/width/width_analysis.h"

namespace tpc::passes {
namespace {

namespace tp = ir::tp;
namespace limit = ir::limit;

const char* const needs_tp = "works on TP IR, and the module is Limit IR";
const char* const needs_limit = "works on Limit IR, and the module is TP IR";
const char* const needs_training = "needs the functions `step` and `predict`";

bool is_trainable(const tp::Module& module) {
  return module.find(ir::FunctionRole::step) != nullptr && module.find(ir::FunctionRole::predict) != nullptr;
}

/// Why a pass that needs the operations of gradients cannot run.
PassError unexpanded(const tp::Module& module) {
  return has_gradients(module) ? "needs a program without `gradient` (run expand-gradients before it)" : "";
}

bool is_matrix_of_examples(const tp::Instruction& instruction) {
  return instruction.type.kind == ir::Kind::matrix && !instruction.type.dims.empty();
}

/// The same of matrices with finite dimensions.
PassError undistributed(const tp::Module& module) {
  const bool left = std::ranges::any_of(module.functions, [](const tp::Function& function) {
    return std::ranges::any_of(function.body, is_matrix_of_examples);
  });
  return left ? "needs a program without matrices that have finite dimensions (run distribute-products before it)"
              : unexpanded(module);
}

/// The limit of a program of this regime by one of the derivations. `wanted`: such a program, in the message.
template <class Derivation>
PassError derive_in(Regime regime, const char* wanted, AnyModule& module, Derivation&& derivation) {
  const auto* program = std::get_if<tp::Module>(&module);
  if (program == nullptr) return needs_tp;
  if (!is_trainable(*program)) return needs_training;
  if (PassError fault = undistributed(*program); !fault.empty()) return fault;
  const WidthAnalysis analysis = analyze_width(*program);
  const Classification classification = classify(*program, analysis);
  if (classification.regime != regime) {
    return "needs " + std::string(wanted) + ", this one is " + std::string(regime_name(classification.regime));
  }
  std::variant<limit::Module, LimitFailure> derived = derivation(*program, analysis);
  if (const auto* failure = std::get_if<LimitFailure>(&derived)) return failure->message;
  module = std::get<limit::Module>(std::move(derived));
  return {};
}

/// That of features at rest, which is the optimizer's.
template <class Derivation>
PassError derive_at_rest(AnyModule& module, const PassContext& context, Derivation&& derivation) {
  return derive_in(Regime::kernel, "a program in the kernel regime", module,
                   [&](const tp::Module& program, const WidthAnalysis& analysis) {
                     return derivation(program, analysis, context.options.optimizer);
                   });
}

}  // namespace

PassError run_expand_gradients(AnyModule& module, const PassContext&) {
  auto* program = std::get_if<tp::Module>(&module);
  if (program == nullptr) return needs_tp;
  if (PassError fault = gradient_fault(*program); !fault.empty()) return fault;
  expand_gradients(*program);
  return {};
}

PassError run_distribute_products(AnyModule& module, const PassContext&) {
  auto* program = std::get_if<tp::Module>(&module);
  if (program == nullptr) return needs_tp;
  if (PassError fault = unexpanded(*program); !fault.empty()) return fault;
  distribute_products(*program);
  return {};
}

PassError run_autodiff(AnyModule& module, const PassContext&) {
  auto* program = std::get_if<tp::Module>(&module);
  if (program == nullptr) return needs_tp;
  const tp::Function* loss = program->find(ir::FunctionRole::loss);
  if (loss == nullptr) return "needs a function `loss` with a result `loss`";
  if (program->find(ir::FunctionRole::gradient) != nullptr) return "the function `gradient` is there already";
  if (const auto* criterion = program->find(ir::FunctionRole::criterion)) {
    const tp::Function* predict = program->find(ir::FunctionRole::predict);
    if (predict == nullptr) return "needs the function `predict` besides `criterion`";
    const ir::ValueId output = predict->result(ir::result_name::output);
    if (PassError fault = criterion_fault(*criterion, predict->type(output).dims); !fault.empty()) {
      return fault;
    }
  }
  if (PassError fault = undistributed(*program); !fault.empty()) return fault;
  add_gradient(*program);
  return {};
}

PassError run_sgd(AnyModule& module, const PassContext& context) {
  auto* program = std::get_if<tp::Module>(&module);
  if (program == nullptr) return needs_tp;
  if (program->find(ir::FunctionRole::gradient) == nullptr)
    return "needs the function `gradient` (run autodiff before it)";
  if (program->find(ir::FunctionRole::step) != nullptr) return "the function `step` is there already";
  if (PassError fault = clipping_fault(*program, context.options.optimizer); !fault.empty()) return fault;
  add_training_step(*program, context.options.optimizer);
  return {};
}

PassError run_fold_constants(AnyModule& module, const PassContext&) {
  std::visit([](auto& any) { fold_constants(any); }, module);
  return {};
}
PassError run_simplify(AnyModule& module, const PassContext&) {
  std::visit([](auto& any) { simplify(any); }, module);
  return {};
}
PassError run_cse(AnyModule& module, const PassContext&) {
  std::visit([](auto& any) { eliminate_common_subexpressions(any); }, module);
  return {};
}
PassError run_dce(AnyModule& module, const PassContext&) {
  std::visit([](auto& any) { eliminate_dead_code(any); }, module);
  return {};
}

PassError run_print_width(AnyModule& module, const PassContext& context) {
  const auto* program = std::get_if<tp::Module>(&module);
  if (program == nullptr) return needs_tp;
  if (!is_trainable(*program)) return needs_training;
  if (PassError fault = undistributed(*program); !fault.empty()) return fault;
  context.output << print_width(*program, analyze_width(*program));
  return {};
}

PassError run_derive_limit(AnyModule& module, const PassContext&) {
  return derive_in(Regime::feature_learning, "a feature-learning program", module, derive_limit);
}

PassError run_derive_kernel(AnyModule& module, const PassContext& context) {
  return derive_at_rest(module, context, derive_kernel);
}

PassError run_derive_operator(AnyModule& module, const PassContext& context) {
  return derive_at_rest(module, context, derive_operator);
}

PassError run_homogenize(AnyModule& module, const PassContext&) {
  auto* program = std::get_if<limit::Module>(&module);
  if (program == nullptr) return needs_limit;
  if (!is_affine(*program)) return "needs a program whose maps are affine in their random variables";
  homogenize(*program);
  return {};
}

PassError run_gaussian(AnyModule& module, const PassContext&) {
  auto* program = std::get_if<limit::Module>(&module);
  if (program == nullptr) return needs_limit;
  if (program->find(ir::FunctionRole::kernel) == nullptr)
    return "needs the function `kernel` (run derive-kernel before it)";
  EvaluatedExpectations evaluated = evaluate_expectations(*program, pair_functions(*program));
  for (const auto& [key, why] : evaluated.sampled) return "no formulas for `" + ir::spelling(key) + "`: " + why;
  *program = std::move(evaluated.module);
  return {};
}

}  // namespace tpc::passes
