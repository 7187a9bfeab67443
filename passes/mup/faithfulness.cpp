#include "passes/mup/faithfulness.h"

#include "passes/update/faithful_scales.h"

namespace tpc::passes {

using ir::Rational;

namespace {

Faithfulness faithfulness_of(const Rational& phi) {
  if (phi.is_zero()) return Faithfulness::faithful;
  return phi < Rational(0) ? Faithfulness::eps_dominates : Faithfulness::eps_vanishes;
}

/// Of homogeneity of Q where its arguments are; at a faithful point any: phi is 0.
int degree_at(const Rational& phi, const UpdateRule& rule) {
  return phi < Rational(0) ? rule.degree_near_zero : rule.degree_at_infinity;
}

}  // namespace

std::vector<EntrywiseSizes> entrywise_sizes(const ir::tp::Module& module, const WidthAnalysis& analysis,
                                            const std::vector<SeenGradient>& seen, const UpdateRule& rule) {
  std::vector<EntrywiseSizes> all;
  for (const auto& [id, value] : seen) {
    const ir::State& state = module.state(id);
    EntrywiseSizes& sizes = all.emplace_back(EntrywiseSizes{state.name, value_of(Invariant::scale, state), {}, {}, {}});
    const ir::Exponent exponent = seen_exponent(analysis, value);
    if (!exponent.finite()) continue;
    const Rational phi = exponent.rational();
    sizes.kappa = value_of(rule.rate_invariant(), state) - Rational(degree_at(phi, rule)) * phi;
    if (!rule.has_eps()) continue;
    sizes.phi = phi;
    sizes.faithfulness = faithfulness_of(phi);
  }
  return all;
}

}  // namespace tpc::passes
