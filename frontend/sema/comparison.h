/// \file A loss that compares the output of a network with a target: which targets fit, and what nobody means.
#pragma once

#include <string>

#include "frontend/sema/checker.h"
#include "frontend/sema/expressions.h"

namespace tpc::sema {

struct Comparison {
  LossTerm term;
  std::string field;  ///< the target, if it is a field of the data itself; else empty
};

/// "y", or "query.label" of a group. Empty: the expression is no name of a field.
std::string field_name(const ast::Expression& expression);

/// Whether the target fits: a row of the output's shape; or one number, a class index (which is settled here) or the
/// target of an output of size one. Reported otherwise, at `target`; `declared`: the field, if it is one of a data set.
bool check_comparison(Checker& checker, const TermBuilder& builder, Comparison& comparison, Span target,
                      const DataField* declared);
/// What a loss of classes accepts and nobody means. `output`: of this name.
void warn_about_classes(Checker& checker, const TermBuilder& builder, const Comparison& comparison,
                        const std::string& output, Span target);

/// Losses in the body of a def, of any values: what a task adapts to.
class BodyLosses : public LossCalls {
 public:
  explicit BodyLosses(Checker& checker) : checker_(checker) {}
  std::optional<TermId> check(const ExpressionContext& context, const ast::Call& call, Span span) override;

 private:
  Checker& checker_;
};

}  // namespace tpc::sema
