/// \file Expressions of a def, a fn or a setting: names resolved, calls inlined, shapes checked.
#pragma once

#include "frontend/sema/checker.h"
#include "frontend/sema/locals.h"

namespace tpc::sema {

/// What an expression may contain: only constants; coordinatewise functions of parameters; whatever is computed from
/// data alone; everything that a def computes; or that and losses.
enum class Place { constant, function, target, definition, loss };

class LossCalls;

struct ExpressionContext {
  Checker& checker;
  TermBuilder& builder;
  const Locals& locals;
  Place place = Place::definition;
  LossCalls* loss = nullptr;  ///< at Place::loss
  /// At Place::constant: what made the values that locals name, where these may be looked at.
  TermBuilder* values = nullptr;
};

/// What calls mean in the loss of the train block only.
class LossCalls {
 public:
  virtual ~LossCalls() = default;
  /// Empty: the call means what it means in a def.
  virtual std::optional<TermId> check(const ExpressionContext& context, const ast::Call& call, Span span) = 0;
};

/// Not valid() if an error was reported.
TermId check_expression(const ExpressionContext& context, const ast::Expression& expression);

}  // namespace tpc::sema
