/// \file Everything a pass needs of TP IR: operations, builder, shape rule, text, verifier.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ir/core/builder.h"
#include "ir/core/fields.h"
#include "ir/core/finding.h"
#include "ir/tp/ops.h"

namespace tpc::ir::tp {

using Builder = ir::Builder<Module>;

/// The shape rule of every operation (stated at its struct).
Typing infer_type(const Module& module, const Function& function, const Op& op);

/// Stable text: the same module gives the same bytes, and print(parse(text)) == text for text that print made.
/// The syntax is described in ir/README.md.
std::string print(const Module& module);

/// A position in a text that does not parse, 1-based.
struct ParseError {
  int line = 0;
  int column = 0;
  std::string message;
};
std::variant<Module, ParseError> parse(std::string_view text);

/// Everything that is wrong with the module (empty: nothing): operand order, shape rules, kinds, states, dimensions,
/// one write a state and function, no use of effect-only instructions. Messages name function and instruction.
std::vector<Finding> find_faults(const Module& module);
/// The messages of find_faults.
std::vector<std::string> verify(const Module& module);

}  // namespace tpc::ir::tp
