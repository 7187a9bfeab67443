/// \file The only way to create instructions. Applies the operation's shape rule and asserts that it holds: a failing
/// assertion is a bug of the pass that builds, never of the user's program.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/diag/check.h"
#include "ir/core/module.h"
#include "ir/core/shared_ops.h"
#include "ir/core/typing.h"

namespace tpc::ir {

/// `infer_type(module, function, op)` is found by argument lookup in the IR's own namespace. Input carries no shape of
/// its own: use `input`.
template <class ModuleType>
class Builder {
 public:
  using Op = typename ModuleType::Op;

  Builder(ModuleType& module, Function<Op>& function) : module_(module), function_(function) {}

  ModuleType& module() { return module_; }
  Function<Op>& function() { return function_; }
  [[nodiscard]] const Type& type(ValueId id) const { return function_.type(id); }

  /// Source place of the instructions made from here on.
  void at(Span span) { span_ = span; }
  /// Name of the next instruction only.
  void name_next(std::string name) { name_ = std::move(name); }

  ValueId insert(Op op) {
    Typing typing = infer_type(module_, function_, op);
    TPC_CHECK(typing.type.has_value(), typing.error);
    return append(std::move(op), *typing.type);
  }
  ValueId input(Input op, std::vector<DimId> dims) {
    return append(std::move(op), Type{Kind::scalar, std::move(dims)});
  }
  ValueId input(std::string field, std::vector<DimId> dims) {
    return input(Input{std::move(field), false}, std::move(dims));
  }

  ValueId constant(double value) { return insert(Constant{value}); }
  ValueId read(StateId state) { return insert(Read{state}); }
  ValueId map(Primitive primitive, std::vector<ValueId> arguments, int power = 0) {
    return insert(Map{primitive, std::move(arguments), power});
  }
  ValueId add(ValueId a, ValueId b) { return map(Primitive::Add, {a, b}); }
  ValueId sub(ValueId a, ValueId b) { return map(Primitive::Sub, {a, b}); }
  ValueId mul(ValueId a, ValueId b) { return map(Primitive::Mul, {a, b}); }
  ValueId div(ValueId a, ValueId b) { return map(Primitive::Div, {a, b}); }
  ValueId neg(ValueId a) { return map(Primitive::Neg, {a}); }
  ValueId contract(ValueId lhs, ValueId rhs, std::vector<DimId> over) {
    return insert(Contract{lhs, rhs, std::move(over)});
  }
  void write(StateId state, ValueId value) { insert(Write{state, value}); }

 private:
  ValueId append(Op op, Type type) {
    function_.body.push_back({std::move(op), std::move(type), std::exchange(name_, {}), span_, {}});
    return ValueId(function_.body.size() - 1);
  }

  ModuleType& module_;
  Function<Op>& function_;
  Span span_;
  std::string name_;
};

}  // namespace tpc::ir
