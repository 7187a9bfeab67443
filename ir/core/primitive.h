/// \file The coordinatewise primitives as an enum, with names and a double-precision evaluator.
/// Compound nonlinearities of the language (silu, gelu, leaky_relu, square, identity, `fn`) lower to these.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace tpc::ir {

enum class Primitive {
#define TPC_PRIMITIVE(enumerator, spelling, arity) enumerator,
#include "ir/core/primitives.def"
};

std::string_view primitive_name(Primitive primitive);
int primitive_arity(Primitive primitive);
std::optional<Primitive> primitive_from_name(std::string_view name);
/// The value at one coordinate. `power` is used by Pow only. Division by zero and overflow give inf or nan.
double evaluate_primitive(Primitive primitive, std::span<const double> arguments, int power);

}  // namespace tpc::ir
