#include "passes/autodiff/autodiff.h"

#include <algorithm>

#include "ir/tp/criterion.h"
#include "ir/tp/lengths.h"
#include "passes/autodiff/expand_gradients.h"
#include "passes/autodiff/output_gradient.h"
#include "passes/autodiff/reverse.h"

namespace tpc::passes {

using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// The positions of all reads in a function of the states `by`; empty: of all states.
std::vector<ValueId> find_reads(const tp::Function& function, const std::vector<ir::StateId>& by) {
  std::vector<ValueId> reads;
  for (size_t i = 0; i < function.body.size(); ++i) {
    const auto* read = std::get_if<ir::Read>(&function.body[i].op);
    if (read != nullptr && (by.empty() || std::ranges::find(by, read->state) != by.end())) reads.emplace_back(i);
  }
  return reads;
}

/// The sum of the adjoints of the state's reads, as a gradient (ir/tp/lengths.h); invalid: the loss does not depend on
/// it.
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
  if (!sum.valid()) return sum;
  sum = broadcast_adjoint(builder, sum, read);
  const ir::Rational entries = tp::entries(builder.module().state(state));
  if (entries == ir::Rational(1)) return sum;
  return builder.mul(builder.constant((ir::Rational(1) / entries).value()), sum);
}

/// Begins the function `gradient` with what it differentiates; the values from which the gradient of the loss starts.
std::vector<Seed> begin_gradient(tp::Builder& builder, const tp::Function& source, const tp::Function* criterion) {
  tp::Function& gradient = builder.function();
  gradient.body = source.body;
  gradient.results = source.results;
  if (criterion == nullptr) return {{gradient.result(ir::result_name::loss), builder.constant(1)}};
  const ValueId output = gradient.result(ir::result_name::output);
  const OutputGradient at_output = insert_criterion(builder, *criterion, output);
  gradient.results = {{ir::result_name::loss, at_output.loss}, {ir::result_name::output, output}};
  return {{output, at_output.gradient}};
}

}  // namespace

void add_gradient(tp::Module& module, const std::vector<ir::StateId>& by) {
  const tp::Function* loss = module.find(ir::FunctionRole::loss);
  TPC_CHECK(loss != nullptr && loss->result(ir::result_name::loss).valid(),
            "there is no function `loss` with a result `loss`");
  TPC_CHECK(loss->type(loss->result(ir::result_name::loss)) == (ir::Type{ir::Kind::scalar, {}}),
            "the loss must be one number");
  const tp::Function* criterion = module.find(ir::FunctionRole::criterion);
  tp::Function gradient{ir::FunctionRole::gradient, {}, {}};
  tp::Builder builder(module, gradient);
  const std::vector<Seed> seeds =
      begin_gradient(builder, criterion == nullptr ? *loss : *module.find(ir::FunctionRole::predict), criterion);
  const std::vector<ValueId> reads = find_reads(gradient, by);
  const std::vector<ValueId> adjoints = differentiate(builder, seeds, reads);
  for (size_t i = 0; i < module.states.size(); ++i) {
    const ir::State& state = module.states[i];
    builder.at(state.span);
    const ValueId d_state = state_gradient(builder, ir::StateId(i), reads, adjoints);
    if (!d_state.valid()) continue;
    std::string& name = gradient.body[d_state.index].name;
    if (name.empty()) name = "d" + state.name;
    gradient.results.push_back({ir::result_name::gradient + state.name, d_state});
  }
  drop_stop_gradients(module, gradient);
  module.functions.push_back(std::move(gradient));
}

}  // namespace tpc::passes
