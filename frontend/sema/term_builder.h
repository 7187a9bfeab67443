/// \file Makes terms: applies the shape rule of every operation of the language and reports what does not fit, with
/// both shapes in the user's names. A TermId that is not valid() stands for an error already reported and passes
/// through.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "frontend/sema/limits.h"
#include "frontend/sema/program.h"

namespace tpc::sema {

/// How many more terms the whole program may have: inlining can double a body with every line.
struct TermBudget {
  size_t left = limits::terms;
  bool reported = false;
};

class TermBuilder {
 public:
  /// `program`: whose widths and dimensions the shapes name.
  TermBuilder(Body& body, const Program& program, TermBudget& budget, diag::Engine& diagnostics)
      : body_(body), program_(program), budget_(budget), diagnostics_(diagnostics) {}

  Body& body() { return body_; }
  [[nodiscard]] const Body& body() const { return body_; }
  [[nodiscard]] const Shape& shape(TermId id) const { return body_.at(id).shape; }
  /// The value of a term that is a number (constants are folded as they are built).
  [[nodiscard]] std::optional<double> number(TermId id) const;
  /// The value of a term of equal numbers, of any shape.
  [[nodiscard]] std::optional<double> equal_numbers(TermId id) const;
  [[nodiscard]] size_t width_count(const Shape& shape) const { return sema::width_count(program_, shape); }
  [[nodiscard]] bool grows(const std::string& axis) const { return width_of(program_, axis) != nullptr; }
  /// Whether the dimensions are the same by name, or by size where one is written as a number.
  [[nodiscard]] bool fit(const Shape& a, const Shape& b) const;

  /// The number of places of an axis that is not the width.
  [[nodiscard]] int64_t size_of(const std::string& axis) const;

  TermId constant(double value, Span span, Shape shape = {}) {
    return append(NumberTerm{value}, std::move(shape), span);
  }
  /// The parameter as it is at this place: adapted or not.
  TermId parameter(size_t index, Shape shape, Span span);
  /// `rows`: the dimension that counts the group's rows, if the argument is a field of a group. `space`: the dimension
  /// whose indices it holds, if it does; with a shape it is a list of them, whose places its axis counts.
  TermId argument(size_t index, Shape shape, Span span, const std::string& rows = "", const std::string& space = "");
  TermId pointwise(ir::Primitive primitive, std::vector<TermId> arguments, Span span, int power = 0);
  TermId transpose(TermId operand, Span span);
  /// `meant`: what to suggest if the shapes do not fit; nothing if its text is empty.
  TermId contract(TermId lhs, TermId rhs, Span span, const diag::Suggestion& meant = {});
  TermId mean(TermId operand, Span span);
  TermId dot(TermId lhs, TermId rhs, Span span);
  /// Precondition: the axis is finite and has this index.
  TermId element(TermId operand, int64_t index, Span span, size_t axis = 0);
  /// Precondition: the axis is one of the operand's; the numbers of zeros are not negative.
  TermId pad(TermId operand, int64_t before, int64_t after, size_t axis, Span span);
  /// How many places the first axis has; reports, in the name of `function`, one that is not finite.
  std::optional<int64_t> length(TermId operand, const std::string& function, Span span);
  /// Precondition: there are elements. `axis`: the name of the new first axis.
  TermId stack(std::vector<TermId> elements, const std::string& axis, Span span);
  TermId sum(TermId operand, Span span);
  /// The mean over the first axis, which is finite; of a list over those present, 0 if none is.
  TermId average(TermId operand, Span span);
  /// The rows at these indices, along the axis, which is finite; reports an index of another dimension.
  TermId gather(TermId operand, TermId index, Span span, size_t axis);
  TermId softmax(TermId operand, Span span);

  // Loops whose iterations are independent (loop_terms.cpp).
  /// Its number in Body::loops.
  size_t add_loop(const Loop& loop);
  [[nodiscard]] const Loop& loop(size_t index) const { return body_.loops[index]; }
  [[nodiscard]] bool has_loop(TermId id, size_t loop) const;
  /// The loop's variable as a number.
  TermId counter(size_t loop, Span span);
  /// The places of an axis from `first` (counted from 1) on in steps, one for each iteration.
  TermId at_counter(TermId operand, size_t axis, size_t loop, int64_t first, Span span, int64_t step = 1);
  /// The values of all iterations along a new first axis, of this name unless some places are absent.
  TermId all_counters(TermId operand, size_t loop, const std::string& axis, Span span);
  /// The same values, with the index of another loop of as many iterations.
  TermId other_loop(TermId operand, size_t from, size_t to, Span span);
  TermId loop_sum(TermId operand, size_t loop, Span span);
  /// The value that the last iteration has.
  TermId last_iteration(TermId operand, size_t loop, Span span);
  /// This loop cannot be read once for all its iterations: it has to be repeated, and what is made until then is
  /// dropped.
  void repeat(size_t loop);
  std::optional<size_t>& loop_to_repeat() { return loop_to_repeat_; }
  /// How much there is, to go back to.
  struct Mark {
    size_t terms = 0, loops = 0, calls = 0;
    TermBudget budget;
  };
  [[nodiscard]] Mark mark() const;
  void go_back(const Mark& mark);

  /// The parts one after the other along their first axis; a scalar is one element.
  TermId concat(const std::vector<TermId>& parts, Span span);
  /// Precondition: the target fits the output.
  TermId loss(LossTerm term, Span span);
  /// Of a value of every row of a group, its mean; any other stays.
  TermId row_mean(TermId operand, Span span);
  /// Precondition: the loss is a number and has no rows.
  TermId adapted(const AdaptedTerm& term, Span span);
  /// What parameters have become at this place, by index; those that are missing are as they were.
  using Adapted = std::map<size_t, TermId>;
  Adapted& adapted_parameters() { return adapted_; }
  /// Takes one from the budget, for work that may make no term; false (reported once) if nothing is left.
  bool spend(Span span);

  /// Copies the terms of `callee` that its result needs, with its arguments replaced: an inlined call. Shape rules are
  /// applied again (an `fn` is written for scalars and used on vectors). Errors are placed at `span`; the copies keep
  /// their own spans and names if `keep_spans` (the lines of a def), else take the call's.
  TermId inline_call(const Body& callee, const std::vector<TermId>& arguments, Span span, bool keep_spans);

 private:
  using Op = decltype(Term::op);
  TermId append(Op op, Shape shape, Span span);
  /// The rows that the operands have; reports those of two groups.
  [[nodiscard]] bool settle_rows(Term& term);
  void settle_loops(Term& term) const;
  /// Whether the term may have no finite value at places of a loop that are absent, where 0 times it would not be 0.
  [[nodiscard]] std::optional<size_t> bound_it_needs(const Term& term) const;
  TermId within(size_t loop, Span span);
  [[nodiscard]] const PartialAxis* partial_axis(const std::string& axis) const;
  [[nodiscard]] bool is_presence(TermId id) const;
  [[nodiscard]] bool same_bound(size_t first, size_t second) const;
  /// Whether the value is 0 at all places of the loop that are absent.
  [[nodiscard]] bool is_zero_outside(TermId id, size_t loop) const;
  /// The factors of a product: those that are numbers, and the others.
  void collect_factors(TermId id, size_t loop, std::vector<TermId>& numbers, std::vector<TermId>& others) const;
  TermId product(const std::vector<TermId>& factors, Span span);
  TermId without_absent_places(TermId logits, Span span);
  /// Indices are no numbers: they pick rows, or are compared with classes. False: reported.
  [[nodiscard]] bool check_indices(const Term& term);
  [[nodiscard]] bool is_list(const std::string& axis) const;
  /// Reports a list where all places of an axis must be there.
  bool refuse_list(const Shape& shape, const std::string& what, Span span);
  /// 1 where a place of the list is present, else 0.
  TermId presence(const std::string& list, Span span);
  /// Whether the value is 0 wherever the place along the axis, a list's, is absent.
  [[nodiscard]] bool is_zero_where_absent(TermId id, size_t axis) const;
  /// The factors of a sum over a list, one of them 0 where a place is absent. False: reported.
  bool weigh_by_presence(TermId& lhs, TermId& rhs, Span span);
  [[nodiscard]] Shape merged(Shape a, const Shape& b) const;
  TermId fold(ir::Primitive primitive, const std::vector<TermId>& arguments, Shape shape, Span span, int power);
  /// Coordinatewise with a vector of equal numbers; not in any other way: reported, and not valid().
  TermId with_equal_numbers(ir::Primitive primitive, const std::vector<TermId>& arguments, Shape shape, Span span,
                            int power);
  TermId refuse_equal_numbers(TermId id, const std::string& operation, Span span);
  /// Of the terms of a body that is called: what they have become, and where its loops begin.
  struct Copies {
    std::vector<TermId> terms;
    size_t first_loop = 0;
  };
  TermId copy(const Term& term, const Copies& copies, const std::vector<TermId>& arguments, Span span);
  bool refuse_matrix(TermId id, Span span);
  [[nodiscard]] bool same_axis(const std::string& a, const std::string& b) const;

  // Matrices that are sums, multiples and products of weights are never formed: they are linear maps, applied part by
  // part (matrix_terms.cpp).
  [[nodiscard]] bool is_matrix(TermId id) const { return width_count(shape(id)) > 1; }
  /// Whether the matrix is made of others.
  [[nodiscard]] bool is_composed(TermId id) const;
  TermId combine_matrices(ir::Primitive primitive, const std::vector<TermId>& arguments, Span span);
  TermId transpose_matrix(TermId matrix, Span span);
  /// A composed matrix times a value, or with `reversed` a value times the matrix.
  TermId apply(TermId matrix, TermId value, bool reversed, Span span);
  bool within_depth(Span span);
  /// The sum or multiple whose matrices are replaced by what `part` makes of them.
  template <class Part>
  TermId map_matrices(const PointwiseTerm& op, const Part& part, Span span);

  Body& body_;
  const Program& program_;
  Adapted adapted_;
  std::map<std::string, TermId> lists_;  ///< by the axis that counts their places: arguments that list indices
  size_t matrix_depth_ = 0;              ///< how many composed matrices are being taken apart
  std::optional<size_t> loop_to_repeat_;
  TermBudget& budget_;
  diag::Engine& diagnostics_;
};

/// Whether it names the places of a loop with a bound (PartialAxis) in some body.
bool is_partial_axis_name(const std::string& axis);

/// "[k, n]", or "a scalar".
std::string shape_text(const Shape& shape);

}  // namespace tpc::sema
