// The width analysis, which knows operations only, against the paper's theorems about MLPs (math.md section 2) at
// random rational points. The draw puts equality in every condition with good probability, so that each class occurs
// often.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <sstream>

#include "passes/width/classify.h"
#include "tests/unit/passes/width_networks.h"

namespace {

using namespace tpc;
using namespace tpc::testing;
using ir::Exponent;
using passes::Classification;
using passes::InitialFunction;
using passes::Regime;
using sema::Loss;

/// The theorem's outcome at one point; independent of the code under test.
struct Theorem {
  bool stable = false, nontrivial = false;
  Regime regime = Regime::unstable;
  Rational r;
  std::vector<Rational> r_l;
  Rational alpha;  ///< a_{L+1} + b_{L+1}
  Rational beta;   ///< 2 a_{L+1} + c_{L+1}

  explicit Theorem(const std::vector<Abc>& abc) {
    const size_t depth = abc.size() - 1;
    const Rational half(1, 2), one(1), zero(0), two(2);
    alpha = abc[depth].a + abc[depth].b;
    beta = two * abc[depth].a + abc[depth].c;
    Rational k = std::min(alpha, beta);
    for (size_t l = 0; l < depth; ++l) r_l.push_back(abc[l].c + k + two * abc[l].a - one + (l == 0 ? one : zero));
    r = *std::min_element(r_l.begin(), r_l.end());
    bool stable_at_init = abc[0].a + abc[0].b == zero && alpha >= half;
    for (size_t l = 1; l < depth; ++l) stable_at_init = stable_at_init && abc[l].a + abc[l].b == half;
    stable = stable_at_init && r >= zero && beta >= one && alpha + r >= one;
    nontrivial = stable && (alpha + r == one || beta == one);
    if (!stable) return;
    regime = !nontrivial ? Regime::trivial : r == zero ? Regime::feature_learning : Regime::kernel;
  }

  [[nodiscard]] InitialFunction initial_function() const {
    return alpha == Rational(1, 2) ? InitialFunction::gaussian_process : InitialFunction::zero;
  }
  [[nodiscard]] bool in_kernel(size_t weight) const {
    return weight == r_l.size() ? beta == Rational(1) : alpha + r_l[weight] == Rational(1);
  }
  [[nodiscard]] Rational update_exponent(size_t weight) const {
    return weight == r_l.size() ? Rational(1) - beta : -r_l[weight];
  }
};

class Draw {
 public:
  explicit Draw(uint64_t seed) : engine_(seed) {}

  size_t below(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(engine_); }
  bool chance(int percent) { return below(100) < static_cast<size_t>(percent); }
  /// A rational in [low, high] with a small denominator.
  Rational between(int64_t low, int64_t high) {
    int64_t denominator = 1 + static_cast<int64_t>(below(6));
    return Rational(low) +
           Rational(static_cast<int64_t>(below(static_cast<size_t>((high - low) * denominator + 1))), denominator);
  }
  Rational positive() { return Rational(1 + static_cast<int64_t>(below(6)), 6); }

  /// Weights of an MLP: a, b, c chosen through the quantities of the theorem's conditions, near one of the regimes.
  std::vector<Abc> point() {
    const Rational half(1, 2), one(1), zero(0);
    const Regime near =
        std::vector{Regime::feature_learning, Regime::kernel, Regime::trivial, Regime::unstable}[below(4)];
    const size_t depth = 1 + below(5);
    const bool free = near == Regime::unstable;
    Rational alpha = free                                                 ? between(0, 2)
                     : chance(near == Regime::feature_learning ? 25 : 60) ? half
                                                                          : half + between(0, 1);
    if (chance(30)) alpha = one;
    Rational beta = near == Regime::trivial ? one + positive() : chance(50) ? one : one + between(0, 1);
    if (free && chance(50)) beta = between(0, 2);
    std::vector<Rational> r;
    for (size_t l = 0; l < depth; ++l) {
      Rational least = near == Regime::feature_learning ? zero : std::max(zero, one - alpha);
      if (near == Regime::trivial) least += positive();
      r.push_back(free && chance(30) ? between(-1, 1) : chance(60) ? least : least + between(0, 1));
    }
    return weights(alpha, beta, r);
  }

  /// The weights with a_{L+1} + b_{L+1} = alpha, 2 a_{L+1} + c = beta and the given r_l; rarely some sum a_l + b_l is
  /// off.
  std::vector<Abc> weights(const Rational& alpha, const Rational& beta, const std::vector<Rational>& r) {
    const Rational half(1, 2), one(1), zero(0), two(2);
    const size_t depth = r.size();
    const Rational k = std::min(alpha, beta), shared_c = between(-2, 2);
    const bool shared = chance(50);
    std::vector<Abc> abc(depth + 1);
    for (size_t l = 0; l <= depth; ++l) {
      Abc& weight = abc[l];
      weight.c = shared ? shared_c : between(-2, 2);
      Rational double_a = l == depth ? beta - weight.c : r[l] - weight.c - k + one - (l == 0 ? one : zero);
      weight.a = double_a / two;
      Rational sum = l == depth ? alpha : l == 0 ? zero : half;
      if (l < depth && chance(2)) sum += between(-1, 1);
      weight.b = sum - weight.a;
    }
    return abc;
  }

 private:
  std::mt19937_64 engine_;
};

struct Nonlinearity {
  std::string name;
  std::function<ValueId(Network&, ValueId)> apply;
};

/// x (1 + erf(x)) and x sigmoid(x): compound nonlinearities, neither even nor odd.
const std::vector<Nonlinearity>& nonlinearities() {
  static const std::vector<Nonlinearity> all{
      {"tanh", pointwise(Primitive::Tanh)},
      {"relu", pointwise(Primitive::Relu)},
      {"erf", pointwise(Primitive::Erf)},
      {"sigmoid", pointwise(Primitive::Sigmoid)},
      {"cos", pointwise(Primitive::Cos)},
      {"abs", pointwise(Primitive::Abs)},
      {"identity", [](Network&, ValueId h) { return h; }},
      {"gelu",
       [](Network& n, ValueId h) {
         return n.builder().mul(h, n.builder().add(n.builder().constant(1), n.apply(Primitive::Erf, h)));
       }},
      {"silu", [](Network& n, ValueId h) { return n.builder().mul(h, n.apply(Primitive::Sigmoid, h)); }},
  };
  return all;
}

std::string describe(const std::vector<Abc>& abc, const std::string& nonlinearity, const Classification& found) {
  std::ostringstream text;
  text << nonlinearity;
  for (const Abc& weight : abc)
    text << "  (" << weight.a.str() << ", " << weight.b.str() << ", " << weight.c.str() << ")";
  text << "\n  found " << passes::regime_name(found.regime);
  for (const auto& reason : found.reasons) text << "\n  " << reason.text;
  return text.str();
}

Classification classify_program(const tp::Module& module) {
  return passes::classify(module, passes::analyze_width(module));
}

void check_against_theorem(const Theorem& theorem, const Classification& found) {
  CHECK(found.stable == theorem.stable);
  CHECK(found.nontrivial == theorem.nontrivial);
  CHECK(passes::regime_name(found.regime) == passes::regime_name(theorem.regime));
  CHECK(!found.reasons.empty());
  if (!theorem.stable || !found.stable) return;
  REQUIRE(found.r.has_value());
  CHECK(found.r->str() == theorem.r.str());
  CHECK(found.initial_function == theorem.initial_function());
  CHECK(found.output.initial.str() == (Rational(1, 2) - theorem.alpha).str());
  Rational output_change = std::max(Rational(1) - theorem.beta, Rational(1) - theorem.alpha - theorem.r);
  CHECK(found.output.change.str() == output_change.str());
  for (size_t i = 0; i < found.weights.size(); ++i) {
    CHECK(found.weights[i].update_exponent.str() == theorem.update_exponent(i).str());
    CHECK(found.weights[i].in_kernel.has_value() == (theorem.regime == Regime::kernel));
    if (theorem.regime == Regime::kernel) CHECK(found.weights[i].in_kernel == theorem.in_kernel(i));
  }
}

/// The symmetry of math.md section 1, a different t for each weight.
std::vector<Abc> shifted(std::vector<Abc> abc, Draw& draw) {
  for (Abc& weight : abc) {
    Rational t = draw.between(-2, 2);
    weight.a += t;
    weight.b = weight.b - t;
    weight.c = weight.c - Rational(2) * t;
  }
  return abc;
}

}  // namespace

TEST_CASE("the analysis agrees with the theorem at random points") {
  constexpr uint64_t seed = 20201129;
  MESSAGE("seed ", seed);
  Draw draw(seed);
  std::map<std::string_view, int> classes;
  int partial = 0, kernels_with_frozen_weights = 0;
  for (int i = 0; i < 2500; ++i) {
    std::vector<Abc> abc = draw.point();
    const Nonlinearity& nonlinearity = nonlinearities()[draw.below(nonlinearities().size())];
    Loss loss = draw.chance(30) ? Loss::cross_entropy : Loss::mse;
    Theorem theorem(abc);
    Classification found = classify_program(compiled(mlp(abc, nonlinearity.apply, loss)));
    CAPTURE(i);
    INFO(describe(abc, nonlinearity.name, found));
    check_against_theorem(theorem, found);
    ++classes[passes::regime_name(theorem.regime)];
    bool some_vanish = std::any_of(theorem.r_l.begin(), theorem.r_l.end(), [&](auto& r) { return r > theorem.r; });
    partial += theorem.regime == Regime::feature_learning && some_vanish;
    kernels_with_frozen_weights += theorem.regime == Regime::kernel && some_vanish;
  }
  for (const auto& [name, count] : classes) MESSAGE(name, ": ", count);
  for (auto regime : {Regime::feature_learning, Regime::kernel, Regime::trivial, Regime::unstable}) {
    CHECK(classes[passes::regime_name(regime)] > 150);
  }
  CHECK(partial > 100);
  CHECK(kernels_with_frozen_weights > 100);
}

TEST_CASE("points that differ by the symmetry are classified alike") {
  constexpr uint64_t seed = 7;
  MESSAGE("seed ", seed);
  Draw draw(seed);
  for (int i = 0; i < 200; ++i) {
    std::vector<Abc> abc = draw.point();
    std::vector<Abc> other = shifted(abc, draw);
    Classification first = classify_program(compiled(mlp(abc, pointwise(Primitive::Tanh))));
    Classification second = classify_program(compiled(mlp(other, pointwise(Primitive::Tanh))));
    INFO(describe(abc, "tanh", first));
    CHECK(first.stable == second.stable);
    CHECK(first.regime == second.regime);
    CHECK(first.r == second.r);
    CHECK(first.output.initial == second.output.initial);
    CHECK(first.output.change == second.output.change);
    for (size_t w = 0; w < first.weights.size(); ++w) {
      CHECK(first.weights[w].update_exponent == second.weights[w].update_exponent);
      CHECK(first.weights[w].in_kernel == second.weights[w].in_kernel);
    }
  }
}
