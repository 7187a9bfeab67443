#include "evaluation/data/targets.h"

#include <algorithm>

#include "evaluation/data/distributions.h"
#include "evaluation/interpreter/interpreter.h"

namespace tpc::evaluation {
namespace {

constexpr int64_t examples_at_once = 256;

bool is_checked_field(const sema::TrainPlan& plan, sema::TermId target) {
  const auto* field = std::get_if<sema::ArgumentTerm>(&plan.loss.at(target).op);
  return field != nullptr && plan.classifies && plan.loss_fields[field->index] == plan.target_field;
}

}  // namespace

std::vector<sema::TermId> computed_targets(const sema::TrainPlan& plan) {
  std::vector<sema::TermId> targets;
  const std::vector<bool> needed = sema::terms_needed_for(plan.loss, plan.loss.result);
  for (size_t i = 0; i < plan.loss.terms.size(); ++i) {
    const auto* loss = std::get_if<sema::LossTerm>(&plan.loss.terms[i].op);
    if (loss == nullptr || !needed[i] || loss->class_index) continue;
    if (sema::targets_of(loss->loss) != sema::Targets::classes || is_checked_field(plan, loss->target)) continue;
    if (std::find(targets.begin(), targets.end(), loss->target) == targets.end()) targets.push_back(loss->target);
  }
  return targets;
}

void check_targets(const ir::tp::Module& module, const std::vector<sema::TermId>& targets, const sema::TrainPlan& plan,
                   const LoadedSet& train, diag::Engine& diagnostics) {
  Interpreter interpreter(module, 1, 1);
  for (size_t i = 0; i < targets.size(); ++i) {
    const ir::tp::Function& function = module.functions.at(i);
    for (int64_t begin = 0; begin < train.visited(); begin += examples_at_once) {
      const int64_t end = std::min(begin + examples_at_once, train.visited());
      const std::vector<double> values =
          std::move(interpreter.run(function.key, train.slice(begin, end)).at(function.results.front().name));
      const int64_t classes = static_cast<int64_t>(values.size()) / (end - begin);
      const auto wrong = first_no_distribution(values.data(), end - begin, classes);
      if (!wrong) continue;
      diagnostics.report(diag::Kind::target_distribution, plan.loss.at(targets[i]).span,
                         {{"count", std::to_string(classes)},
                          {"why", wrong->why},
                          {"row", std::to_string(begin + wrong->row + 1)},
                          {"set", train.name}});
      break;
    }
  }
}

}  // namespace tpc::evaluation
