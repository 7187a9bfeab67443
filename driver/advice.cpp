#include "driver/advice.h"

#include "base/diag/check.h"
#include "driver/words.h"
#include "frontend/lowering/lower.h"
#include "frontend/sema/sema.h"
#include "passes/mup/advice.h"

namespace tpc::driver {

passes::mup::Points program_points(const Compilation& compilation, const Options& options) {
  diag::Engine ignored;  // what is said of the file has been said
  const auto standard = sema::check(compilation.syntax, {"sp", options.values}, *compilation.files, ignored);  // a = 0
  TPC_CHECK(standard.has_value(), "the standard parametrization fits every file");
  const ir::OptimizerSettings plain = ir::SgdSettings::constant(1);
  return {lowering::lower(sema::without_adaptation(*standard)),
          compilation.program->train ? compilation.program->train->optimizer : plain};
}

void complete_reasons(passes::Classification& found, passes::mup::Points& points,
                      const std::vector<ir::State>& states) {
  const auto stable = passes::confirm_advice(found, points, states);
  for (passes::Reason& reason : found.reasons) {
    reason.text = reason.sentence();
    reason.advice.reset();
  }
  if (!stable) return;
  std::string text;
  for (const std::string& change : stable->changes) text += (text.empty() ? "to become stable: " : ", ") + change;
  found.reasons.push_back({text + "; it is then " + verdict(stable->classification), {}});
}

}  // namespace tpc::driver
