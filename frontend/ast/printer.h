/// \file Prints a syntax tree, one node a line, children indented: `tpc emit --stage ast`.
#pragma once

#include <string>

#include "frontend/ast/ast.h"

namespace tpc::ast {

std::string print(const Program& program);
/// One expression as a tree, without indentation at its root; ends with a newline.
std::string print(const Expression& expression);

/// One expression as it may be written in a file: `mse(net(x), y)`.
std::string written(const Expression& expression);

}  // namespace tpc::ast
