/// \file The work of `tpc-opt`: passes over the text of TP IR or Limit IR.
#pragma once

#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "ir/core/optimizer.h"
#include "passes/pass_manager.h"

namespace tpc::driver {

/// Exit statuses, those of `tpc`.
inline constexpr int opt_success = 0;
inline constexpr int opt_user_error = 1;
inline constexpr int opt_wrong_usage = 2;
inline constexpr int opt_internal_error = 3;

struct OptOptions {
  std::string path;
  std::vector<std::string> passes;
  ir::SgdSettings sgd;
  passes::PassOptions pass_options;
};

/// Those of the compiler, and printers of what is no pass.
std::vector<passes::NamedPass> opt_passes();

/// Parses, verifies, runs the passes and prints to std::cout; what is wrong goes to std::cerr. Returns the exit status.
int run_opt(const OptOptions& options, const diag::Source& source);

}  // namespace tpc::driver
