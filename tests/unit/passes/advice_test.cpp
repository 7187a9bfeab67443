// Advice is given only where the analysis of the changed program confirms it.
#include "passes/mup/advice.h"

#include <doctest/doctest.h>

#include "tests/unit/passes/width_architectures.h"

namespace {

using namespace tpc;
using namespace tpc::testing;
using passes::Classification;
using passes::Regime;

const Abc at_zero{0, 0, 0};
const Parametrization unscaled{at_zero, at_zero, at_zero};

/// The classification of a network at the point `at`, with its advice confirmed.
Classification advised(const Parametrization& at, const Forward& forward) {
  passes::mup::Points points(forward_program(three_weights(unscaled), forward), ir::SgdSettings::constant(1));
  Classification found = points.at(three_weights(at)).classification;
  passes::confirm_advice(found, points, three_weights(at));
  return found;
}

std::string sentences(const Classification& found) {
  std::string text;
  for (const auto& reason : found.reasons) text += reason.sentence() + "\n";
  return text;
}

ValueId one_layer_more(Network& n, ValueId x) {
  return n.readout(2, n.apply(Primitive::Relu, n.matmul(1, n.apply(Primitive::Relu, n.embed(0, x)))));
}

/// (V z)^2 mean(z^2): at a + b = 1 the gradient of V vanishes with V z.
ValueId product_of_readouts(Network& n, ValueId x) {
  auto& b = n.builder();
  const ValueId z = n.apply(Primitive::Tanh, n.matmul(1, n.embed(0, x)));
  const ValueId scaled = n.readout(2, b.mul(z, n.mean(b.mul(z, z))));
  return b.mul(scaled, n.readout(2, z));
}

}  // namespace

TEST_CASE("a confirmed advice stays") {
  Parametrization slow = mup();
  slow.output.c = 1;
  slow.input.c = slow.hidden.c = 1;
  CHECK(sentences(advised(slow, one_layer_more)).find("choose 2 a + c = 1 for V (now 2)") != std::string::npos);
  Parametrization large = mup();
  large.hidden.b = 0;
  CHECK(sentences(advised(large, one_layer_more)).find("grows like n^(1/2): choose a + b = 1/2 for W (now 0)") !=
        std::string::npos);
}

TEST_CASE("an advice after which the program is unstable is not given") {
  const Classification found = advised(mup(), product_of_readouts);
  CHECK(found.regime == Regime::trivial);
  INFO(sentences(found));
  CHECK(sentences(found).find("choose") == std::string::npos);
  CHECK_FALSE(found.reasons.empty());
}
