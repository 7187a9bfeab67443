/// \file Makes terms: applies the shape rule of every operation of the language and reports what does not fit, with
/// both shapes in the user's names. A TermId that is not valid() stands for an error already reported and passes
/// through.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "frontend/sema/limits.h"
#include "frontend/sema/term.h"

namespace tpc::sema {

/// How many more terms the whole program may have: inlining can double a body with every line.
struct TermBudget {
  size_t left = limits::terms;
  bool reported = false;
};

class TermBuilder {
 public:
  TermBuilder(Body& body, std::string width, TermBudget& budget, diag::Engine& diagnostics)
      : body_(body), width_(std::move(width)), budget_(budget), diagnostics_(diagnostics) {}

  Body& body() { return body_; }
  [[nodiscard]] const Shape& shape(TermId id) const { return body_.at(id).shape; }
  /// The value of a term that is a number (constants are folded as they are built).
  [[nodiscard]] std::optional<double> number(TermId id) const;
  [[nodiscard]] size_t width_count(const Shape& shape) const;

  TermId constant(double value, Span span) { return append(NumberTerm{value}, {}, span); }
  TermId parameter(size_t index, Shape shape, Span span) { return append(ParameterTerm{index}, shape, span); }
  TermId argument(size_t index, Shape shape, Span span) { return append(ArgumentTerm{index}, shape, span); }
  TermId pointwise(ir::Primitive primitive, std::vector<TermId> arguments, Span span, int power = 0);
  TermId transpose(TermId operand, Span span);
  /// `meant`: what to suggest if the shapes do not fit; may be empty.
  TermId contract(TermId lhs, TermId rhs, Span span, const std::string& meant = "");
  TermId mean(TermId operand, Span span);
  TermId dot(TermId lhs, TermId rhs, Span span);
  /// Precondition: the first axis is finite and has this index.
  TermId element(TermId operand, int64_t index, Span span);
  /// Precondition: there are elements. `axis`: the name of the new first axis.
  TermId stack(std::vector<TermId> elements, const std::string& axis, Span span);
  TermId sum(TermId operand, Span span);
  TermId softmax(TermId operand, Span span);
  /// Takes one from the budget, for work that may make no term; false (reported once) if nothing is left.
  bool spend(Span span);

  /// Copies the terms of `callee` that its result needs, with its arguments replaced: an inlined call. Shape rules are
  /// applied again (an `fn` is written for scalars and used on vectors). Errors are placed at `span`; the copies keep
  /// their own spans and names if `keep_spans` (the lines of a def), else take the call's.
  TermId inline_call(const Body& callee, const std::vector<TermId>& arguments, Span span, bool keep_spans);

 private:
  using Op = decltype(Term::op);
  TermId append(Op op, Shape shape, Span span);
  TermId fold(ir::Primitive primitive, const std::vector<TermId>& arguments, Span span, int power);
  TermId copy(const Term& term, const std::vector<TermId>& copies, const std::vector<TermId>& arguments, Span span);
  bool refuse_matrix(TermId id, Span span);

  Body& body_;
  std::string width_;
  TermBudget& budget_;
  diag::Engine& diagnostics_;
};

/// "[k, n]", or "a scalar".
std::string shape_text(const Shape& shape);

}  // namespace tpc::sema
