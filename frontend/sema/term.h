/// \file The meaning of a def's body: a straight list of terms, each one operation of the language on earlier terms,
/// with its shape in the user's names. Calls of `fn` and `def` are inlined and compound nonlinearities (silu, gelu,
/// ...) are already written in primitives, so nothing here needs a name to be looked up. Made by TermBuilder, read by
/// lowering.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/diag/span.h"
#include "ir/core/ids.h"
#include "ir/core/primitive.h"

namespace tpc::sema {

using TermId = ir::Id<struct TermTag>;  ///< a term of one body; not valid(): an error was reported

/// The dimensions as written, e.g. {"k", "n"}; empty: a scalar. A value grows with the width n once for every axis that
/// carries the width's name: none is a (finite array of) scalars, one a vector, two a matrix.
using Shape = std::vector<std::string>;

struct NumberTerm {
  double value = 0.0;
};
/// A trained parameter with its factor: W = n^{-a} w (TP-IV section 3).
struct ParameterTerm {
  size_t index = 0;  ///< of Program::parameters
};
/// A parameter of the def: in a network, the data field Program::inputs[index] of one example.
struct ArgumentTerm {
  size_t index = 0;
};
/// Coordinatewise; arguments have one common shape or are scalars.
struct PointwiseTerm {
  ir::Primitive primitive = ir::Primitive::Add;
  std::vector<TermId> arguments;
  int power = 0;  ///< of Pow
};
/// Axes in reverse order; of a value with two axes.
struct TransposeTerm {
  TermId operand;
};
/// Sum over the last axis of lhs and the first of rhs; shape: the other axes of lhs, then those of rhs.
struct ContractTerm {
  TermId lhs, rhs;
};
/// (1/n) sum over the width of lhs * rhs (rhs not valid: of lhs): `mean(z)` and `dot(a, b)`. Shape: without the width.
struct MeanTerm {
  TermId lhs, rhs;
};

/// x[index]: the part of a value at one place of its first axis, which is finite; counted from 1. Shape: the other
/// axes.
struct ElementTerm {
  TermId operand;
  int64_t index = 1;
};
/// A list s[1], s[2], ... as one value: the first axis counts the elements, which have one common shape.
struct StackTerm {
  std::vector<TermId> elements;
};
/// Sum over the first axis, which is finite.
struct SumTerm {
  TermId operand;
};
/// exp(s_i) / sum_j exp(s_j) over the last axis; the shape is without the width.
struct SoftmaxTerm {
  TermId operand;
};

struct Term {
  std::variant<NumberTerm, ParameterTerm, ArgumentTerm, PointwiseTerm, TransposeTerm, ContractTerm, MeanTerm,
               ElementTerm, StackTerm, SumTerm, SoftmaxTerm>
      op;
  Shape shape;
  std::string name;  ///< the target of the assignment that made it, "h[3]" in a loop; may be empty
  Span span;
};

struct Local {
  std::string name;
  TermId value;
  Span span;
};

struct Body {
  std::vector<Term> terms;
  std::vector<Local> locals;  ///< every assigned name once, with its last value; elements of lists as "h[3]"
  TermId result;

  [[nodiscard]] const Term& at(TermId id) const { return terms[id.index]; }
};

/// Calls f(TermId&) for every operand of the term.
template <class TermType, class F>
void for_each_operand(TermType& term, F&& f) {
  if (auto* pointwise = std::get_if<PointwiseTerm>(&term.op)) {
    for (auto& argument : pointwise->arguments) f(argument);
  } else if (auto* transpose = std::get_if<TransposeTerm>(&term.op)) {
    f(transpose->operand);
  } else if (auto* contract = std::get_if<ContractTerm>(&term.op)) {
    f(contract->lhs), f(contract->rhs);
  } else if (auto* mean = std::get_if<MeanTerm>(&term.op)) {
    f(mean->lhs);
    if (mean->rhs.valid()) f(mean->rhs);
  } else if (auto* element = std::get_if<ElementTerm>(&term.op)) {
    f(element->operand);
  } else if (auto* stack = std::get_if<StackTerm>(&term.op)) {
    for (auto& each : stack->elements) f(each);
  } else if (auto* sum = std::get_if<SumTerm>(&term.op)) {
    f(sum->operand);
  } else if (auto* softmax = std::get_if<SoftmaxTerm>(&term.op)) {
    f(softmax->operand);
  }
}

/// Which terms the value `root` is computed from (itself included), by index.
std::vector<bool> terms_needed_for(const Body& body, TermId root);

}  // namespace tpc::sema
