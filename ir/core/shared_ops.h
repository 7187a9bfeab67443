/// \file Operations that mean the same in both IRs. Each struct: its mathematics and its shape rule, and `fields`,
/// which names every field once: printer, parser, verifier, rewriting and common-subexpression search all walk that
/// list.
///
/// Broadcasting is by dimension, not by position: the result of a product or map has the union of its operands' finite
/// dimensions, in order of first appearance, and an operand without a dimension is constant along it.
#pragma once

#include <string>
#include <vector>

#include "ir/core/ids.h"
#include "ir/core/primitive.h"
#include "ir/core/rational.h"

namespace tpc::ir {

/// A data field, e.g. x : scalar[B,d]; the type is the instruction's own. Extents of the type get their sizes from the
/// data. A field without other dimensions is scalar[B] (a number, or a class index, per example).
struct Input {
  static constexpr auto spelling = "input";
  std::string field;
  bool twin = false;  ///< in a function of pairs of points: the field of the other point
  /// "x", or "x'" of the other point.
  [[nodiscard]] std::string name() const { return twin ? field + "'" : field; }
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("field", s.field), f("twin", s.twin);
  }
};

/// A number: scalar[].
struct Constant {
  static constexpr auto spelling = "constant";
  double value = 0.0;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("value", s.value);
  }
};

/// The size of a finite dimension, of an extent too, as a number: scalar[].
struct DimSize {
  static constexpr auto spelling = "dim_size";
  DimId dim;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("dim", s.dim);
  }
};

/// The index along a finite dimension as a number, 0, 1, ..: scalar[dim].
struct DimIndex {
  static constexpr auto spelling = "dim_index";
  DimId dim;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("dim", s.dim);
  }
};

/// The current value of a state: the state's type.
struct Read {
  static constexpr auto spelling = "read";
  StateId state;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("state", s.state);
  }
};

/// y = phi(x^1..x^m), coordinatewise, one primitive; vector if any argument is, else scalar; dims: the union.
/// Of matrices entry by entry, scalars being the same for all entries.
struct Map {
  static constexpr auto spelling = "map";
  Primitive primitive = Primitive::Add;
  std::vector<ValueId> arguments;
  int power = 0;  ///< the exponent of Pow, else 0
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("fn", s.primitive), f("args", s.arguments), f("power", s.power);
  }
};

/// sum over the finite dimensions `over` of lhs * rhs (rhs absent: of lhs). At most one of the two is a vector.
/// Dims: the union without `over`. E.g. U xi: contract(U : vector[d], x : scalar[B,d]) over d : vector[B].
struct Contract {
  static constexpr auto spelling = "contract";
  static constexpr bool symmetric_bilinear = true;
  ValueId lhs, rhs;
  std::vector<DimId> over;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("lhs", s.lhs), f("rhs", s.rhs), f("over", s.over);
  }
};

/// The same values along another dimension of the same size: z over B becomes z' over B' (for Gram matrices).
struct Relabel {
  static constexpr auto spelling = "relabel";
  ValueId argument;
  DimId from, to;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("arg", s.argument), f("from", s.from), f("to", s.to);
  }
};

/// Rows of an identity matrix picked by class indices: scalar[B] -> scalar[B,dim].
struct OneHot {
  static constexpr auto spelling = "one_hot";
  ValueId argument;
  DimId dim;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("arg", s.argument), f("dim", s.dim);
  }
};

/// softmax(x)_j = exp(x_j) / sum_j' exp(x_j') along the finite dimension `over`: scalar[.., T] -> scalar[.., T].
struct Softmax {
  static constexpr auto spelling = "softmax";
  ValueId argument;
  DimId over;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("arg", s.argument), f("over", s.over);
  }
};

/// log sum_j exp(x_j) along the finite dimension `over`: scalar[.., T] -> scalar[..]. Its derivative is softmax(x).
struct LogSumExp {
  static constexpr auto spelling = "log_sum_exp";
  ValueId argument;
  DimId over;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("arg", s.argument), f("over", s.over);
  }
};

/// Rows of a table picked by index: at every index i of `index` the table at place index_i of `dim`; 0 where index_i is
/// -1 (absent). Of the table's kind; dims: those of index, then the table's others; what both have is matched.
struct Gather {
  static constexpr auto spelling = "gather";
  ValueId table, index;
  DimId dim;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("table", s.table), f("index", s.index), f("dim", s.dim);
  }
};

/// The adjoint of gather: at every place j of `dim` the sum of value over those indices of `over` where index is j.
/// Of value's kind; dims: `dim`, then those of index and value without `over`.
struct Scatter {
  static constexpr auto spelling = "scatter";
  ValueId value, index;
  DimId dim;
  std::vector<DimId> over;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("value", s.value), f("index", s.index), f("dim", s.dim), f("over", s.over);
  }
};

/// 1 where an index is present, 0 where it is -1: scalar of the index's dims.
struct Present {
  static constexpr auto spelling = "present";
  ValueId index;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("index", s.index);
  }
};

/// 1 where an index is present and stands neither before in its own list (in the order of its dims) nor anywhere in the
/// lists of `earlier`, else 0: each place that occurs is counted once. A scalar of the index's dims.
struct FirstOccurrence {
  static constexpr auto spelling = "first_occurrence";
  ValueId index;
  std::vector<ValueId> earlier;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("index", s.index), f("earlier", s.earlier);
  }
};

/// Adds to rows of a state after the function: at every index i, value_i to the place index_i of `dim`, nothing where
/// that is -1; makes no value. Dims of index and value that the state lacks are summed. Value is of the state's kind
/// and has its other dims. Several of them may add to one state, which then is not written. The other rows stay as
/// they are: the cost is that of value.
struct AddRows {
  static constexpr auto spelling = "add_rows";
  static constexpr bool has_effect = true;
  static constexpr bool adds_to_state = true;
  StateId state;
  ValueId value, index;
  DimId dim;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("state", s.state), f("value", s.value), f("index", s.index), f("dim", s.dim);
  }
};

/// The state's value at the next step; makes no value. All reads of a step see the old value, wherever they stand.
struct Write {
  static constexpr auto spelling = "write";
  static constexpr bool has_effect = true;
  StateId state;
  ValueId value;
  template <class Self, class F>
  static void fields(Self& s, F&& f) {
    f("state", s.state), f("value", s.value);
  }
};

}  // namespace tpc::ir
