#include "driver/advice.h"

#include "base/diag/check.h"
#include "driver/words.h"
#include "fmt/format.h"
#include "frontend/lowering/lower.h"
#include "frontend/sema/sema.h"
#include "passes/mup/advice.h"
#include "passes/mup/maximal_update.h"

namespace tpc::driver {
namespace {

/// Ends each sentence with the line it speaks of.
void add_lines(const diag::Source& source, passes::Classification& classification) {
  for (passes::Reason& reason : classification.reasons) {
    if (reason.span == Span()) continue;
    const diag::Source& text = source.of(reason.span);
    const std::string file = &text == &source ? "" : " of " + text.name();
    reason.text += fmt::format(" (line {}{})", text.position(reason.span.begin).line, file);
  }
}

/// What would make every weight's update count: the difference to the maximal update, as further reasons.
void add_changes(passes::mup::Points& points, const std::vector<ir::State>& states,
                 passes::Classification& classification) {
  const auto maximal = passes::derive_maximal_update(points, points.rule());
  for (const std::string& change : passes::changes_towards(maximal, points, states)) {
    classification.reasons.push_back({"for feature learning through every weight: " + change, {}});
  }
}

}  // namespace

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

std::vector<passes::EntrywiseSizes> explain(Compilation& compilation, const Options& options) {
  passes::Classification& classification = *compilation.classification;
  passes::mup::Points points = program_points(compilation, options);
  const std::vector<ir::State>& states = compilation.finite_width->states;
  complete_reasons(classification, points, states);
  add_lines(compilation.source, classification);
  add_changes(points, states, classification);
  return points.at(states).entrywise;
}

}  // namespace tpc::driver
