// The updates that the steps of a recurrence make of one matrix are alike: the analysis keeps what differs.
#include <doctest/doctest.h>

#include "passes/width/gaussian_families.h"
#include "passes/width/width_analysis.h"
#include "tests/unit/passes/width_networks.h"

namespace {

using namespace tpc;
using namespace tpc::testing;
using namespace tpc::passes::width;

tp::Module recurrence(int steps) {
  std::vector<State> states = {make_state("U", Role::input, mup().input), make_state("W", Role::hidden, mup().hidden),
                               make_state("V", Role::output, mup().output)};
  return compiled(forward_program(states, [steps](Network& n, ValueId x) {
    const ValueId u = n.embed(0, x);
    ValueId z = n.apply(Primitive::Tanh, u);
    for (int step = 2; step <= steps; ++step) z = n.apply(Primitive::Tanh, n.builder().add(n.matmul(1, z), u));
    return n.readout(2, z);
  }));
}

/// What the matrix is made of after two steps of training.
MatrixValue trained(const tp::Module& module) {
  const GaussianFamilies families(module);
  const auto& step = *module.find(ir::FunctionRole::step);
  AbstractStates states = initial_states(module);
  for (int t = 0; t < 2; ++t) {
    bool ignored = true;
    absorb_writes(step, evaluate(module, step, states, ignored, &families), states);
  }
  return states[1].matrix;
}

size_t origins(const MatrixValue& matrix) {
  size_t count = 0;
  for (const RankOneTerm& terms : matrix.rank_one) count += terms.origins.size();
  return count;
}

TEST_CASE("updates of one size are one term, with an origin of each") {
  const MatrixValue few = trained(recurrence(8)), many = trained(recurrence(40));
  CHECK(few.rank_one.size() == many.rank_one.size());
  CHECK(origins(few) == 7);
  CHECK(origins(many) == 39);
}

TEST_CASE("a long recurrence has the exponents of a short one") {
  const auto few = passes::analyze_width(recurrence(8)), many = passes::analyze_width(recurrence(300));
  CHECK(few.predict.back().initial == many.predict.back().initial);
  CHECK(few.predict.back().change == many.predict.back().change);
  CHECK(few.settles);
  CHECK(many.settles);
  CHECK(few.update_contribution == many.update_contribution);
}

}  // namespace
