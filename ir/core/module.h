/// \file The data structure both IRs share: a module of functions, each a straight list of instructions in SSA form.
/// An IR is this structure over its own set of operations (`OpVariant`, see ir/tp/ops.h and ir/limit/ops.h).
/// A value is named by its instruction's position: an operand's id is smaller than its user's id, always.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/diag/span.h"
#include "ir/core/function_key.h"
#include "ir/core/ids.h"
#include "ir/core/rational.h"
#include "ir/core/result_names.h"

namespace tpc::ir {

/// How a value grows with the width n. In TP IR: a number, n numbers, n x n numbers. In Limit IR `vector` is a random
/// variable Z (n iid copies of it are the limit of a vector), `matrix` an initial Gaussian matrix with its updates, and
/// `pair`, which TP IR does not have, a random variable K(w, w') of two independent points of the sample space (n x n
/// copies of it are the limit of a matrix without Gaussian part).
enum class Kind { none, scalar, vector, matrix, pair };

/// A finite dimension. One without a size is an extent (extents.h): its size comes with the data, at every call.
struct Dimension {
  std::string name;
  std::optional<int64_t> size;
  /// Of a dimension without a size that is a second index over what another one, no twin itself, counts: the other
  /// points of pairs. Where no data of its own come with it, its size is the other's.
  DimId twin_of = {};
  Span span = {};
  bool operator==(const Dimension& o) const { return name == o.name && size == o.size && twin_of == o.twin_of; }
};

/// The kind and the finite dimensions; e.g. a batch of features is vector[B], the readout V : [k, n] is vector[k].
/// The order of dims is the storage order (last one fastest); no dimension occurs twice.
struct Type {
  Kind kind = Kind::none;
  std::vector<DimId> dims;
  friend bool operator==(const Type&, const Type&) = default;
};

enum class InitKind { zero, constant, gaussian, noise, share };

/// Initial entries: 0, `value`, or iid N(0, value^2) in units of the state's scale n^{-b}. noise: of a state that is
/// never written and, if a vector, meets averages over the width alone: N(0, value^2) in TP IR; in Limit IR white
/// noise, with which E[N x] is itself random, normal with covariances E[N x] E[N y] -> value^2 E[x y], and drawn anew
/// for every network. It is what n^{-1/2} sum_i N_i x_i becomes, where a law of large numbers would give 0. share, of
/// Limit IR: the random variable that is 1 on a part of the sample space with the probability `value`, and else 0.
struct Init {
  InitKind kind = InitKind::zero;
  double value = 0.0;
  friend bool operator==(const Init&, const Init&) = default;
};

/// Which dimensions of a weight grow, and where: decides its row in the tables of named parametrizations.
enum class Role { input, vector, hidden, output, finite };

/// A state carried over training steps: w of W = n^{-a} w, trained with learning rate eta n^{-c} (TP-IV section 3).
/// In Limit IR: the normalised Z, where w = n^{scale} Z; for a matrix, of W_0 and separately of its updates.
struct State {
  std::string name;
  Type type;
  Init init;
  Role role = Role::input;
  Rational a, b, c;
  std::optional<Rational> d;  ///< entrywise optimizers see n^d times the gradient; empty: as it makes them see order 1
  Exponent scale = Exponent(0);
  double learning_rate_factor = 1.0;  ///< of this weight, times the training step's learning rate
  /// Coordinates of a vector, rows and columns of a matrix, as multiples of the width n: [m, n] with m = 4 n has
  /// rows 4.
  Rational rows = Rational(1), columns = Rational(1);
  Span span;
  bool operator==(const State& o) const {
    return name == o.name && type == o.type && init == o.init && role == o.role && a == o.a && b == o.b && c == o.c &&
           d == o.d && scale == o.scale && learning_rate_factor == o.learning_rate_factor && rows == o.rows &&
           columns == o.columns;
  }
};

/// The name that passes give to the derivative of every example's loss by the network's output (TP-IV: χ), by which it
/// is printed and found again.
inline constexpr const char* output_error_name = "χ";

template <class OpVariant>
struct Instruction {
  OpVariant op;
  Type type;         ///< Kind::none for instructions made for their effect (write, append)
  std::string name;  ///< the user's name of the value, or one derived from it; may be empty
  Span span;         ///< where in the source it comes from
  /// What `name` and `span` speak of is n^scale times this value, up to factors that do not depend on n: W x = n^{-a}
  /// (w x) where a product of the state w stands for one of the weight W = n^{-a} w. Lowering and the rules that move
  /// powers of the width past linear operations keep it. A read is of w and has none.
  Rational scale = {};
};

struct Result {
  std::string name;
  ValueId value;
  Span span = {};
  bool operator==(const Result& o) const { return name == o.name && value == o.value; }
};

template <class OpVariant>
struct Function {
  FunctionKey key;
  /// No vector: instructions stay where they are while others are added, so that a reference to one (to its operation,
  /// to its type) outlives what the builder inserts.
  std::deque<Instruction<OpVariant>> body;
  std::vector<Result> results;
  Span span = {};

  [[nodiscard]] std::string name() const { return spelling(key); }
  [[nodiscard]] const Instruction<OpVariant>& at(ValueId id) const {
    assert(id.index < body.size());
    return body[id.index];
  }
  [[nodiscard]] const Type& type(ValueId id) const { return at(id).type; }
  [[nodiscard]] ValueId result(const std::string& wanted) const {
    for (const Result& r : results) {
      if (r.name == wanted) return r.value;
    }
    return {};
  }
};

/// A remark a pass leaves for the reader of the module: a term that vanishes in the limit and its exponent.
struct VanishingTerm {
  std::string what;   ///< e.g. "update of W"
  Exponent exponent;  ///< relative to what is kept: the term is Theta(n^exponent) times smaller
  Span span;
  bool operator==(const VanishingTerm& o) const { return what == o.what && exponent == o.exponent; }
};

template <class OpVariant>
struct Module {
  using Op = OpVariant;
  std::string name;
  std::string width = "n";  ///< the user's name of the dimension that goes to infinity
  std::vector<Dimension> dims;
  std::vector<State> states;
  std::vector<Function<OpVariant>> functions;
  std::vector<VanishingTerm> vanishing;

  [[nodiscard]] const Dimension& dim(DimId id) const { return dims[id.index]; }
  /// The dimension itself, or the one whose twin it is.
  [[nodiscard]] DimId untwinned(DimId id) const { return dim(id).twin_of.valid() ? dim(id).twin_of : id; }
  [[nodiscard]] const State& state(StateId id) const { return states[id.index]; }
  [[nodiscard]] Function<OpVariant>* find(const FunctionKey& wanted) {
    for (auto& f : functions) {
      if (f.key == wanted) return &f;
    }
    return nullptr;
  }
  [[nodiscard]] const Function<OpVariant>* find(const FunctionKey& wanted) const {
    return const_cast<Module*>(this)->find(wanted);
  }
};

}  // namespace tpc::ir
