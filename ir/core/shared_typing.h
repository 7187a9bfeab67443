/// \file The shape rules of the operations both IRs share, and the helpers the rules of each IR are written with.
/// An IR's rules are a struct derived from SharedRules with one more overload for each operation of its own; an
/// operation without a rule does not compile (std::visit). Only for ir/*/typing.cpp.
#pragma once

#include <initializer_list>
#include <string>

#include "ir/core/dialect.h"
#include "ir/core/fields.h"
#include "ir/core/primitive_traits.h"
#include "ir/core/shared_ops.h"
#include "ir/core/text_format.h"
#include "ir/core/typing.h"

namespace tpc::ir {

template <class Op>
class SharedRules {
 public:
  /// `matrix_values`: whether matrices are values that maps may combine (TP IR), or only named through their state.
  SharedRules(const Dialect& dialect, bool matrix_values, const Module<Op>& module, const Function<Op>& function)
      : dialect_(dialect), matrix_values_(matrix_values), module_(module), function_(function) {}

  Typing operator()(const std::monostate&) const { return Typing::failure("an instruction without an operation"); }
  Typing operator()(const Input&) const { return Typing::failure("an input carries its own type"); }
  Typing operator()(const Constant&) const { return Type{Kind::scalar, {}}; }
  Typing operator()(const DimSize&) const { return Type{Kind::scalar, {}}; }
  Typing operator()(const DimIndex& op) const { return Type{Kind::scalar, {op.dim}}; }

  Typing operator()(const Read& op) const {
    const Type& result = module_.state(op.state).type;
    if (result.kind == Kind::matrix && !matrix_values_) return Typing::failure("a matrix state cannot be read");
    return result;
  }

  Typing operator()(const Write& op) const {
    const State& state = module_.state(op.state);
    if (state.type.kind == Kind::matrix && !matrix_values_) return Typing::failure("a matrix state cannot be written");
    if (type(op.value) != state.type) {
      return Typing::failure("@" + name_text(state.name) + " is " + text(state.type) + ", the value is " +
                             text(type(op.value)));
    }
    return Type{};
  }

  Typing operator()(const Map& op) const {
    const std::string name(primitive_name(op.primitive));
    if (op.arguments.size() != static_cast<size_t>(primitive_arity(op.primitive))) {
      return Typing::failure(name + " takes " + std::to_string(primitive_arity(op.primitive)) + " arguments, not " +
                             std::to_string(op.arguments.size()));
    }
    if (op.power != 0 && op.primitive != Primitive::Pow) return Typing::failure("only pow has a power");
    Type result{Kind::scalar, {}};
    for (ValueId argument : op.arguments) {
      const Type& part = type(argument);
      if (part.kind == Kind::matrix || part.kind == Kind::pair) return entry_map(op, part.kind);
      if (part.kind == Kind::none) return Typing::failure("an argument has no value");
      if (part.kind == Kind::vector) result.kind = Kind::vector;
      result.dims = union_dims(result.dims, part.dims);
    }
    return result;
  }

  Typing operator()(const Contract& op) const {
    const Type left = type(op.lhs);
    const Type right = op.rhs.valid() ? type(op.rhs) : Type{Kind::scalar, {}};
    if (!is_array(left) || !is_array(right)) return Typing::failure("contract takes scalars and vectors");
    if (left.kind == Kind::vector && right.kind == Kind::vector) {
      return Typing::failure("at most one operand of contract is a " + kind_text(Kind::vector));
    }
    return summed(left.kind == Kind::vector ? left.kind : right.kind, left, right, op.over);
  }

  Typing operator()(const Relabel& op) const {
    Type result = type(op.argument);
    if (!is_array(result)) return Typing::failure("relabel takes a scalar or a vector");
    if (!contains_dim(result.dims, op.from)) return Typing::failure("the argument has no dimension " + dim(op.from));
    if (contains_dim(result.dims, op.to)) return Typing::failure("the argument already has " + dim(op.to));
    if (module_.dim(op.from).size != module_.dim(op.to).size) {
      return Typing::failure(dim(op.from) + " and " + dim(op.to) + " differ in size");
    }
    for (DimId& d : result.dims) {
      if (d == op.from) d = op.to;
    }
    return result;
  }

  Typing operator()(const OneHot& op) const {
    Type result = type(op.argument);
    if (result.kind != Kind::scalar) return Typing::failure("one_hot takes class indices, a scalar");
    if (contains_dim(result.dims, op.dim)) return Typing::failure("the argument already has " + dim(op.dim));
    result.dims.push_back(op.dim);
    return result;
  }

  Typing operator()(const Softmax& op) const { return of_entries("softmax", op.argument, op.over); }

  Typing operator()(const LogSumExp& op) const {
    Typing result = of_entries("log_sum_exp", op.argument, op.over);
    if (result.type) result.type->dims = without_dims(result.type->dims, {op.over});
    return result;
  }

  Typing operator()(const Gather& op) const {
    const Type& table = type(op.table);
    if (!is_array(table)) return Typing::failure("the table is " + text(table) + ", not a scalar or a vector");
    if (!contains_dim(table.dims, op.dim)) return Typing::failure("the table has no dimension " + dim(op.dim));
    const std::string problem = index_problem(op.index, op.dim);
    if (!problem.empty()) return Typing::failure(problem);
    return Type{table.kind, union_dims(type(op.index).dims, without_dims(table.dims, {op.dim}))};
  }
  Typing operator()(const Scatter& op) const {
    const std::string problem = rows_problem(op.value, op.index, op.dim);
    if (!problem.empty()) return Typing::failure(problem);
    Typing rest = summed(type(op.value).kind, type(op.index), type(op.value), op.over);
    if (rest.type) rest.type->dims.insert(rest.type->dims.begin(), op.dim);
    return rest;
  }
  Typing operator()(const Present& op) const { return marks(op.index); }
  Typing operator()(const FirstOccurrence& op) const {
    for (ValueId other : op.earlier) {
      if (type(other).kind != Kind::scalar) return Typing::failure("indices are scalars");
    }
    return marks(op.index);
  }
  Typing operator()(const AddRows& op) const {
    const Type& state = module_.state(op.state).type;
    const std::string problem = rows_problem(op.value, op.index, op.dim);
    if (!problem.empty()) return Typing::failure(problem);
    const std::vector<DimId> others = without_dims(state.dims, {op.dim});
    const bool fits = contains_dim(state.dims, op.dim) && type(op.value).kind == state.kind &&
                      without_dims(others, type(op.value).dims).empty();
    if (fits) return Type{};
    return Typing::failure(text(type(op.value)) + " is no row along " + dim(op.dim) + " of @" +
                           name_text(module_.state(op.state).name) + " : " + text(state));
  }

 protected:
  [[nodiscard]] const Type& type(ValueId id) const { return function_.type(id); }
  [[nodiscard]] std::string text(const Type& t) const { return type_text(dialect_, module_.dims, t); }
  [[nodiscard]] std::string dim(DimId id) const { return name_text(module_.dim(id).name); }
  [[nodiscard]] std::string kind_text(Kind kind) const {
    return std::string(dialect_.kind_names.at(static_cast<size_t>(kind)));
  }
  static bool is_array(const Type& t) { return t.kind == Kind::scalar || t.kind == Kind::vector; }

  /// Empty: these are indices, which do not have `along` themselves.
  [[nodiscard]] std::string index_problem(ValueId index, DimId along) const {
    if (type(index).kind != Kind::scalar) return "indices are scalars, not " + text(type(index));
    return contains_dim(type(index).dims, along) ? "the index has the dimension " + dim(along) + " itself" : "";
  }
  [[nodiscard]] std::string rows_problem(ValueId value, ValueId index, DimId along) const {
    if (!is_array(type(value))) return "the value is " + text(type(value)) + ", not a scalar or a vector";
    if (contains_dim(type(value).dims, along)) return "the value has the dimension " + dim(along) + " already";
    return index_problem(index, along);
  }
  [[nodiscard]] Typing marks(ValueId index) const {
    if (type(index).kind != Kind::scalar) return Typing::failure("indices are scalars");
    return type(index);
  }

  /// The type of a sum over `over` of a product.
  Typing summed(Kind kind, const Type& left, const Type& right, const std::vector<DimId>& over) const {
    const std::vector<DimId> all = union_dims(left.dims, right.dims);
    if (has_repeated_dim(over)) return Typing::failure("a dimension is summed twice");
    for (DimId d : over) {
      if (!contains_dim(all, d)) return Typing::failure("no operand has the summed dimension " + dim(d));
    }
    return Type{kind, without_dims(all, over)};
  }

  /// The rule of moment and expect: a mean or sum over coordinates of a product of vectors, rhs optional.
  Typing inner_product(ValueId lhs, ValueId rhs, const std::vector<DimId>& over) const {
    const Type left = type(lhs);
    const Type right = rhs.valid() ? type(rhs) : Type{Kind::vector, {}};
    if (left.kind != Kind::vector || right.kind != Kind::vector) {
      return Typing::failure("both operands must be " + kind_text(Kind::vector));
    }
    return summed(Kind::scalar, left, right, over);
  }

  /// The rule of every product of a matrix with a vector.
  Typing matrix_product(ValueId argument) const {
    if (type(argument).kind != Kind::vector) {
      return Typing::failure("the argument is " + text(type(argument)) + ", not " + kind_text(Kind::vector));
    }
    return type(argument);
  }

  /// The rule of every sum of left (x) right over all dimensions but `kept`.
  Typing outer_product(ValueId left, ValueId right, Type result, const std::vector<DimId>& kept = {}) const {
    if (type(left).kind != Kind::vector || type(right).kind != Kind::vector) {
      return Typing::failure("left and right must be " + kind_text(Kind::vector));
    }
    if (!same_dims(without_dims(type(left).dims, kept), without_dims(type(right).dims, kept))) {
      return Typing::failure("left is " + text(type(left)) + ", right is " + text(type(right)));
    }
    return result;
  }

 private:
  /// Entry by entry; numbers are the same for all entries.
  Typing entry_map(const Map& op, Kind kind) const {
    if (kind == Kind::matrix && !matrix_values_) return Typing::failure("a matrix is no operand of a map");
    Type result{kind, {}};
    for (ValueId argument : op.arguments) {
      const Type& part = type(argument);
      if (part.kind != kind && part.kind != Kind::scalar) {
        return Typing::failure("a map of a " + kind_text(kind) + " takes that kind and scalars");
      }
      result.dims = union_dims(result.dims, part.dims);
    }
    if (kind == Kind::pair && !result.dims.empty()) return Typing::failure("a " + kind_text(kind) + " has no indices");
    return result;
  }

  /// The argument of a function of the numbers along `over`.
  Typing of_entries(const char* name, ValueId argument, DimId over) const {
    if (type(argument).kind != Kind::scalar) return Typing::failure(std::string(name) + " takes a scalar");
    if (!contains_dim(type(argument).dims, over)) {
      return Typing::failure("the argument has no dimension " + dim(over));
    }
    return type(argument);
  }

 protected:
  const Dialect& dialect_;
  bool matrix_values_;
  const Module<Op>& module_;
  const Function<Op>& function_;
};

/// The first id of the operation that is absent though needed, or out of range; empty: all are fine. Rules run after
/// it. `operand_limit`: operands must be below it (SSA order, or at least existence).
template <class Op>
std::string dangling_reference(const Module<Op>& module, const Op& op, size_t operand_limit) {
  std::string problem;
  const bool is_sum =
      std::visit([]<class Alternative>(const Alternative&) { return SymmetricBilinear<Alternative>; }, op);
  auto check = [&](const char* field, auto id, size_t limit, const char* what, bool may_be_absent) {
    if (!problem.empty() || (may_be_absent && !id.valid()) || id.index < limit) return;
    problem = id.valid() ? std::string(field) + ": no such " + what + " here (" + std::to_string(id.index) + ")"
                         : std::string(field) + " is missing";
  };
  auto check_one = [&](const char* field, auto id) {
    using IdType = decltype(id);
    // The one operand that may be absent: the second factor of a sum of products.
    if constexpr (std::is_same_v<IdType, ValueId>) {
      check(field, id, operand_limit, "earlier value", is_sum && std::string_view(field) == "rhs");
    } else if constexpr (std::is_same_v<IdType, StateId>) {
      check(field, id, module.states.size(), "state", false);
    } else if constexpr (std::is_same_v<IdType, DimId>) {
      check(field, id, module.dims.size(), "dimension", false);
    }
  };
  for_each_field(op, [&](const char* name, const auto& field) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, std::vector<ValueId>> || std::is_same_v<Field, std::vector<DimId>>) {
      for (auto id : field) check_one(name, id);
    } else {
      check_one(name, field);
    }
  });
  return problem;
}

}  // namespace tpc::ir
