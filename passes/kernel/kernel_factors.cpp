#include "passes/kernel/kernel_factors.h"

#include <algorithm>
#include <map>

#include "passes/kernel/example_gradients.h"
#include "passes/kernel/linear_states.h"
#include "passes/kernel/two_sided.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/simplify.h"

namespace tpc::passes::kernel {

using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

class FactorBuilder {
 public:
  FactorBuilder(const OneOutput& network, bool copied) : network_(network), copied_(copied) {
    factors_.module = network.module;
    factors_.batches = {network.batch, second_batch(factors_.module, network.batch)};
    for (size_t i = 0; copied && i < network.module.states.size(); ++i) copy_state(StateId(i));
  }

  KernelFactors run() {
    tp::Function function = *factors_.module.find(ir::FunctionRole::predict);
    function.key = ir::FunctionRole::kernel;
    const ValueId output = function.result(ir::result_name::output);
    function.results.clear();
    tp::Builder builder(factors_.module, function);
    auto gradients = example_gradients(builder, output);
    const std::vector<StateId> linear = linear_states(factors_.module, function, output, gradients);
    for (size_t i = 0; i < gradients.size(); ++i) {
      if (is_wanted(StateId(i), gradients[i], linear)) add_one_side(builder, StateId(i), gradients[i], linear);
    }
    add_second_side(append_second_side(builder, factors_.batches.batch, factors_.batches.other, copies_));
    factors_.module.functions.push_back(std::move(function));
    clean_up();
    return std::move(factors_);
  }

 private:
  void copy_state(StateId state) {
    if (!network_.by_row[state.index]) return;
    copies_[state] = StateId(factors_.module.states.size());
    factors_.module.states.push_back(factors_.module.state(state));
    factors_.module.states.back().name += "'";
  }

  [[nodiscard]] bool is_wanted(StateId id, const std::vector<Contribution>& gradient,
                               const std::vector<StateId>& linear) const {
    if (gradient.empty()) return false;
    if (copied_ && (id.index >= network_.by_row.size() || network_.by_row[id.index])) return false;  // two rows
    return factors_.module.state(id).learning_rate_factor != 0.0 || std::ranges::find(linear, id) != linear.end();
  }

  void add_one_side(tp::Builder& builder, StateId id, const std::vector<Contribution>& gradient,
                    const std::vector<StateId>& linear) {
    StateGradient added{id, std::ranges::find(linear, id) != linear.end(), {}};
    const ir::State state = factors_.module.state(id);
    builder.at(state.span);
    for (const Contribution& term : gradient) {
      added.contributions.push_back({prepared(builder, state.type, term, factors_.batches.batch), {}});
    }
    factors_.gradients.push_back(std::move(added));
  }

  /// `images`: by ValueId of the first side.
  void add_second_side(const std::vector<ValueId>& images) {
    auto image = [&](ValueId id) { return id.valid() ? images[id.index] : id; };
    for (StateGradient& gradient : factors_.gradients) {
      for (TwoSided& each : gradient.contributions) {
        each.other = {{image(each.one.product.left), image(each.one.product.right)}, each.one.space};
        std::ranges::replace(each.other.space.dims, factors_.batches.batch, factors_.batches.other);
      }
    }
  }

  /// Results keep the factors alive and find them again.
  void clean_up() {
    tp::Function& function = *factors_.module.find(ir::FunctionRole::kernel);
    std::vector<ValueId*> places;
    for (StateGradient& gradient : factors_.gradients) {
      for (TwoSided& each : gradient.contributions) {
        for (Product* product : {&each.one.product, &each.other.product}) {
          for (ValueId* id : {&product->left, &product->right}) {
            if (id->valid()) places.push_back(id);
          }
        }
      }
    }
    for (size_t i = 0; i < places.size(); ++i) function.results.push_back({std::to_string(i), *places[i]});
    eliminate_common_subexpressions(factors_.module);
    simplify(factors_.module);
    eliminate_common_subexpressions(factors_.module);
    eliminate_dead_code(factors_.module);
    for (size_t i = 0; i < places.size(); ++i) *places[i] = function.results[i].value;
    function.results.clear();
  }

  const OneOutput& network_;
  KernelFactors factors_;
  bool copied_;
  std::map<StateId, StateId> copies_;
};

}  // namespace

KernelFactors kernel_factors(const OneOutput& network, bool copied) { return FactorBuilder(network, copied).run(); }

}  // namespace tpc::passes::kernel
