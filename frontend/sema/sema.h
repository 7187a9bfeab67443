/// \file Checks a parsed program: names, shapes, constants, parametrization, data and train blocks. Reports every
/// independent error it finds.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/diag/diagnostic.h"
#include "frontend/sema/program.h"

namespace tpc::sema {

/// From the command line.
struct Overrides {
  std::optional<std::string> parametrization;  ///< --param NAME
  std::map<std::string, std::string> values;   ///< --set NAME=VALUE: dims, lr, steps, epochs, batch
};

/// Empty if an error was reported to `diagnostics`.
std::optional<Program> check(std::shared_ptr<const ast::Program> syntax, const Overrides& overrides,
                             diag::Engine& diagnostics);

}  // namespace tpc::sema
