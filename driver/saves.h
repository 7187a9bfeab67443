/// \file `--save PARAMETER=PATH`: what a parameter was trained to, as a file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "driver/session.h"

namespace tpc::driver {

/// Resolves the options. Reports a parameter that there is not, whose rows have no names where the format has them, and
/// of the infinitely wide network (a limit has been derived) what it has no coordinates of.
std::vector<SavedParameter> plan_saves(Compilation& compilation, const std::map<std::string, std::string>& saves);

/// Writes the file; reports why it failed.
void save(const SavedParameter& saved, const sema::Program& program, const Evaluator& network,
          diag::Engine& diagnostics);

}  // namespace tpc::driver
