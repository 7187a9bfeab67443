/// \file The meaning of a def's body: a straight list of terms, each one operation of the language on earlier terms,
/// with its shape in the user's names. Calls of `fn` and `def` are inlined and compound nonlinearities (silu, gelu,
/// ...) are already written in primitives, so nothing here needs a name to be looked up. Made by TermBuilder, read by
/// lowering.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/diag/span.h"
#include "frontend/sema/losses.h"
#include "ir/core/ids.h"
#include "ir/core/primitive.h"
#include "ir/core/visit.h"

namespace tpc::sema {

using TermId = ir::Id<struct TermTag>;  ///< a term of one body; not valid(): an error was reported

/// The dimensions as written, e.g. {"k", "n"}; empty: a scalar. A value grows with the width n once for every axis that
/// carries the width's name: none is a (finite array of) scalars, one a vector, two a matrix.
using Shape = std::vector<std::string>;

/// A number; with a shape, a value of equal numbers, which only meets others coordinatewise: there it broadcasts.
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
/// Coordinatewise; arguments have one common shape or are scalars. A sum or a multiple of matrices is only ever taken
/// apart by TermBuilder::contract: nothing that a body needs is one.
struct PointwiseTerm {
  ir::Primitive primitive = ir::Primitive::Add;
  std::vector<TermId> arguments;
  int power = 0;  ///< of Pow
};
/// Axes in reverse order; of a value with two axes.
struct TransposeTerm {
  TermId operand;
};
/// Sum over the last axis of lhs and the first of rhs; shape: the other axes of lhs, then those of rhs. A product that
/// grows in both directions is a matrix like the sums above.
struct ContractTerm {
  TermId lhs, rhs;
};
/// (1/n) sum over the width of lhs * rhs (rhs not valid: of lhs): `mean(z)` and `dot(a, b)`. Shape: without the width.
struct MeanTerm {
  TermId lhs, rhs;
};

/// x[index]: the part of a value at one place of an axis, which is finite; counted from 1. Shape: the other axes.
struct ElementTerm {
  TermId operand;
  int64_t index = 1;
  size_t axis = 0;
};
/// Zeros before and after the places of an axis, which is finite. Shape: that axis is longer by as many.
struct PadTerm {
  TermId operand;
  int64_t before = 0, after = 0;
  size_t axis = 0;
};
/// A list s[1], s[2], ... as one value: the first axis counts the elements, which have one common shape.
struct StackTerm {
  std::vector<TermId> elements;
};
/// Sum over the first axis, which is finite.
struct SumTerm {
  TermId operand;
};
/// exp(s_i) / sum_j exp(s_j) over the last axis, of whose places only those count that are present (PartialAxis): the
/// others get 0. The shape is without the width.
struct SoftmaxTerm {
  TermId operand;
};
// A loop whose iterations are independent is no repetition: every value of its body is one value with an index, that of
// the loop, which it has besides the axes of its shape (Term::loops).

/// The variable of a loop as a number.
struct CounterTerm {
  size_t loop = 0;  ///< of Body::loops, here and below
};
/// 1 where the place of an inner loop is among those that it has in an iteration of the loop that bounds it, else 0.
struct WithinTerm {
  size_t loop = 0;
};
/// The part of a value at the place of the loop: an axis, which is finite, becomes the index of the loop. The first
/// iteration has the place `first`, counted from 1, the next one that `step` further. Shape: the other axes.
struct AtCounterTerm {
  TermId operand;
  size_t axis = 0, loop = 0;
  int64_t first = 1, step = 1;
};
/// The values of all iterations, as a list: the index of the loop becomes a new first axis.
struct AllCountersTerm {
  TermId operand;
  size_t loop = 0;
};
/// The sum over the iterations of lhs * rhs (rhs not valid: of lhs). At most one of them grows with the width.
struct LoopSumTerm {
  TermId lhs, rhs;
  size_t loop = 0;
};

/// The loss of one example. `class_index`: the target is the index of a class, counted from 0. Shape: a number.
struct LossTerm {
  Loss loss = Loss::mse;
  TermId output, target;
  bool class_index = false;
};
/// The mean over the rows of the group that the operand has: the loss of a task. Shape: the operand's, without rows.
struct RowMeanTerm {
  TermId operand;
};
/// A parameter after a step of gradient descent on the loss of one task, from `before`: w - rate n^{-c} dloss/dw.
struct AdaptedTerm {
  size_t parameter = 0;  ///< of Program::parameters
  TermId before, loss;
  double rate = 0.0;                        ///< the factor of the parameter's own learning rate included
  bool differentiate_through_step = false;  ///< else the step counts as a constant: order 1
};

/// The operand at the place that an index says, along the axis, which the shape of the index replaces; 0 where the
/// index is absent.
struct GatherTerm {
  TermId operand, index;
  size_t axis = 0;
};
/// 1 at the places of a list of indices that are present, else 0. Shape: the list's.
struct PresenceTerm {
  TermId list;
};

struct Term {
  std::variant<NumberTerm, ParameterTerm, ArgumentTerm, PointwiseTerm, TransposeTerm, ContractTerm, MeanTerm,
               ElementTerm, PadTerm, StackTerm, SumTerm, SoftmaxTerm, LossTerm, RowMeanTerm, AdaptedTerm, GatherTerm,
               PresenceTerm, CounterTerm, WithinTerm, AtCounterTerm, AllCountersTerm, LoopSumTerm>
      op;
  Shape shape;
  std::string rows;  ///< the dimension that counts the rows of a group, for a value of each of them; else empty
  std::string name;  ///< the target of the assignment that made it, "h[3]" in a loop; may be empty
  Span span;
  std::vector<size_t> loops = {};  ///< whose index the value has, of Body::loops, increasing
  std::string space = {};  ///< of an argument whose values are indices: the dimension they count along; else empty
};

/// A loop whose iterations are independent, as a dimension.
struct Loop {
  int64_t first = 1, size = 1;
  /// Of `for j in 1..i + 2` in a loop over i: the loop over i, and 2. It has the places of its longest run; in each
  /// iteration of the other loop only those count that WithinTerm is 1 at.
  std::optional<size_t> bounded_by = {};
  int64_t offset = 0;
  [[nodiscard]] int64_t last() const { return first + size - 1; }
};

/// An axis that counts the places of a loop with a bound, of which some are absent. `presence`: 1 at those that are
/// there, else 0.
struct PartialAxis {
  size_t loop = 0;
  TermId presence;
};

struct Local {
  std::string name;  ///< "h", or "h[3]" of an element
  TermId value;
  Span span;
  std::string list = {};              ///< of an element: "h"; else empty
  std::vector<int64_t> indices = {};  ///< of an element: {3}
};

/// A call of a def, whose terms stand in this body: what it was given for each of its parameters (not valid(): the def
/// does not need it), and what came out.
struct DefinitionCall {
  std::string definition;
  std::vector<TermId> arguments;
  TermId result;
};

struct Body {
  std::deque<Term> terms;  ///< as the loops no vector: what refers to one stays valid when others are added
  std::deque<Loop> loops;
  std::map<std::string, PartialAxis> partial_axes;
  std::vector<Local> locals;          ///< every assigned name once, with its last value; elements of lists as "h[3]"
  std::vector<DefinitionCall> calls;  ///< of defs that are checked once; of such a def's own body, the last is itself
  TermId result;

  [[nodiscard]] const Term& at(TermId id) const { return terms[id.index]; }
};

/// Calls f(TermId) for every operand of the term.
template <class F>
void for_each_operand(const Term& term, F&& f) {
  auto all = [&](const std::vector<TermId>& operands) {
    for (TermId operand : operands) f(operand);
  };
  std::visit(
      ir::Overloaded{
          [](const ir::OneOf<NumberTerm, ParameterTerm, ArgumentTerm, CounterTerm, WithinTerm> auto&) {},
          [&](const PointwiseTerm& op) { all(op.arguments); }, [&](const ContractTerm& op) { f(op.lhs), f(op.rhs); },
          [&](const ir::OneOf<MeanTerm, LoopSumTerm> auto& op) {
            f(op.lhs);
            if (op.rhs.valid()) f(op.rhs);
          },
          [&](const StackTerm& op) { all(op.elements); }, [&](const LossTerm& op) { f(op.output), f(op.target); },
          [&](const AdaptedTerm& op) { f(op.before), f(op.loss); },
          [&](const GatherTerm& op) { f(op.operand), f(op.index); }, [&](const PresenceTerm& op) { f(op.list); },
          [&](const ir::OneOf<TransposeTerm, ElementTerm, PadTerm, SumTerm, SoftmaxTerm, RowMeanTerm, AtCounterTerm,
                              AllCountersTerm> auto& op) { f(op.operand); }},
      term.op);
}

/// Which terms the value `root` is computed from (itself included), by index. `given` is taken as known: what only it
/// is computed from is not needed.
std::vector<bool> terms_needed_for(const Body& body, TermId root, TermId given = {});

}  // namespace tpc::sema
