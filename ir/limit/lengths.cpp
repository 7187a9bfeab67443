#include "ir/limit/lengths.h"

namespace tpc::ir::limit {
namespace {

class OwnLengthRules : public LengthRules<OwnLengthRules, Op> {
 public:
  using LengthRules::LengthRules;
  using LengthRules::operator();

  Lengths operator()(const OneOf<Condition, Accumulated> auto& op) {
    return product(of_state(op.matrix), op.argument, op.transposed);
  }
  Lengths operator()(const PairProduct& op) { return outer_product(op.left, op.right); }
  Lengths operator()(const PairApply& op) { return product(at(op.pair), op.argument, op.transposed); }
  Lengths operator()(const Expect& op) { return common(op); }
  Lengths operator()(const OneOf<Unit, Area, NormalRule, Append, Combine> auto&) { return {}; }
};

}  // namespace

std::vector<Lengths> lengths_of(const Module& module, const Function& function) {
  OwnLengthRules rules(module, function);
  rules.run();
  return std::move(rules.lengths);
}

}  // namespace tpc::ir::limit
