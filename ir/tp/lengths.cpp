#include "ir/tp/lengths.h"

#include <numeric>

#include "base/diag/check.h"

namespace tpc::ir::tp {
namespace {

class OwnLengthRules : public LengthRules<OwnLengthRules, Op> {
 public:
  using LengthRules::LengthRules;
  using LengthRules::operator();

  Lengths operator()(const Matmul& op) { return product(at(op.matrix), op.argument, op.transposed); }
  Lengths operator()(const Outer& op) { return outer_product(op.left, op.right); }
  Lengths operator()(const Gradient& op) { return at(op.wrt); }
  Lengths operator()(const OneOf<Moment, StopGradient> auto& op) { return common(op); }
  Lengths operator()(const WidthPower&) { return {}; }
};

}  // namespace

int64_t coordinates(const Rational& length, int64_t width) {
  const Rational product = length * Rational(width);
  TPC_CHECK(product.denominator() == 1, "a vector has no whole number of coordinates");
  return static_cast<int64_t>(product.value());
}

int64_t least_width(const std::vector<State>& states) {
  int64_t width = 1;
  for (const State& state : states) {
    width = std::lcm(width, std::lcm(state.rows.denominator(), state.columns.denominator()));
  }
  return width;
}

std::vector<Lengths> lengths_of(const Module& module, const Function& function) {
  OwnLengthRules rules(module, function);
  rules.run();
  return std::move(rules.lengths);
}

std::vector<std::pair<ValueId, std::string>> length_faults(const Module& module, const Function& function) {
  OwnLengthRules rules(module, function);
  rules.run();
  return std::move(rules.faults);
}

}  // namespace tpc::ir::tp
