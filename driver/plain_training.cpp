#include "driver/plain_training.h"

#include <algorithm>

namespace tpc::driver {

sema::Program with_plain_training(sema::Program program, const ir::OptimizerSettings& descent) {
  std::string target = "target";
  while (std::find(program.inputs.begin(), program.inputs.end(), target) != program.inputs.end()) target += "_";
  sema::TrainPlan plan;
  plan.optimizer = descent;
  plan.steps = 1;
  plan.loss = program.network.body;
  plan.loss_fields = program.inputs;
  const sema::TermId output = plan.loss.result;
  const sema::TermId compared(plan.loss.terms.size());
  const sema::Term f = plan.loss.at(output);
  plan.loss.terms.push_back({sema::ArgumentTerm{plan.loss_fields.size()}, f.shape, f.rows, target, {}});
  plan.loss_fields.push_back(target);
  plan.loss.result = sema::TermId(plan.loss.terms.size());
  plan.loss.terms.push_back({sema::LossTerm{sema::Loss::mse, output, compared, false}, {}, f.rows, "", {}});
  if (!f.rows.empty()) {
    plan.loss.terms.push_back({sema::RowMeanTerm{plan.loss.result}, {}, {}, "", {}});
    plan.loss.result = sema::TermId(plan.loss.terms.size() - 1);
  }
  plan.target_field = target;
  program.train = std::move(plan);
  return program;
}

}  // namespace tpc::driver
