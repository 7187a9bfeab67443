/// \file The functions every program can call (builtins.def) and how calls bind their arguments.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// Names no declaration may take: the built-in functions and `lr`.
bool is_reserved_name(const std::string& name);
std::vector<std::string> builtin_function_names();
/// Functions whose arguments are no list of values: dimensions, or as many values as there are.
enum class SpecialFunction {
#define TPC_PRIMITIVE_FUNCTION(spelling, primitive)
#define TPC_COMPOUND_FUNCTION(spelling, ...)
#define TPC_REDUCTION(spelling, ...)
#define TPC_SPECIAL_FUNCTION(spelling) spelling,
#include "frontend/sema/builtins.def"
};
std::optional<SpecialFunction> special_function(const std::string& name);

struct ParameterSpec {
  std::string name;
  bool required = true;
  double default_value = 0.0;  ///< of an optional argument of a built-in function
};
/// Parameters of a built-in function; empty if there is none of this name.
std::optional<std::vector<ParameterSpec>> builtin_parameters(const std::string& name);
/// Precondition: `name` is built in and `arguments` are as many as its parameters.
TermId build_builtin(TermBuilder& builder, const std::string& name, const std::vector<TermId>& arguments, Span span);
/// False for functions that sum (mean, softmax, ...): an `fn` cannot use them.
bool is_coordinatewise(const std::string& builtin);

/// The argument expressions in the order of `parameters` (null: an optional one is not given). Positional arguments
/// come first. Empty if an error was reported.
std::optional<std::vector<const ast::Expression*>> bind_arguments(Checker& checker, const ast::Call& call, Span span,
                                                                  const std::vector<ParameterSpec>& parameters);
std::vector<ParameterSpec> required(const std::vector<std::string>& names);

}  // namespace tpc::sema
