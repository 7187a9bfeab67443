#include "passes/autodiff/autodiff.h"

#include "passes/autodiff/reverse.h"

namespace tpc::passes {

using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// The positions of all reads in a function, and the state of each.
std::vector<ValueId> find_reads(const tp::Function& function) {
  std::vector<ValueId> reads;
  for (size_t i = 0; i < function.body.size(); ++i) {
    if (std::holds_alternative<ir::Read>(function.body[i].op)) reads.emplace_back(i);
  }
  return reads;
}

/// The sum of the adjoints of the state's reads; invalid: the loss does not depend on it.
ValueId state_gradient(tp::Builder& builder, ir::StateId state, const std::vector<ValueId>& reads,
                       const std::vector<ValueId>& adjoints) {
  ValueId sum;
  ValueId read;
  for (size_t i = 0; i < reads.size(); ++i) {
    const bool same = std::get<ir::Read>(builder.function().at(reads[i]).op).state == state;
    if (!same || !adjoints[i].valid()) continue;
    read = reads[i];
    sum = sum.valid() ? builder.add(sum, adjoints[i]) : adjoints[i];
  }
  return sum.valid() ? broadcast_adjoint(builder, sum, read) : sum;
}

}  // namespace

void add_gradient(tp::Module& module) {
  const tp::Function* loss = module.find("loss");
  TPC_CHECK(loss != nullptr && loss->result("loss").valid(), "there is no function `loss` with a result `loss`");
  TPC_CHECK(loss->type(loss->result("loss")) == (ir::Type{ir::Kind::scalar, {}}), "the loss must be one number");
  tp::Function copy = *loss;
  copy.name = "gradient";
  module.functions.push_back(std::move(copy));
  tp::Function& gradient = module.functions.back();

  tp::Builder builder(module, gradient);
  const std::vector<ValueId> reads = find_reads(gradient);
  const ValueId one = builder.constant(1);
  const std::vector<ValueId> adjoints = differentiate(builder, {{gradient.result("loss"), one}}, reads);
  for (size_t i = 0; i < module.states.size(); ++i) {
    const ir::State& state = module.states[i];
    builder.at(state.span);
    const ValueId d_state = state_gradient(builder, ir::StateId(i), reads, adjoints);
    if (!d_state.valid()) continue;
    std::string& name = gradient.body[d_state.index].name;
    if (name.empty()) name = "d" + state.name;
    gradient.results.push_back({"d." + state.name, d_state});
  }
}

}  // namespace tpc::passes
