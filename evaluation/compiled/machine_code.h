/// \file Limit IR to machine code in this process, with failures as diagnostics.
#pragma once

#include <optional>

#include "base/diag/diagnostic.h"
#include "codegen/codegen.h"
#include "driver/options.h"

namespace tpc::driver {

/// Empty after an error, which is in `diagnostics`.
std::optional<codegen::JitModel> compile_to_memory(const ir::limit::Module& module, const Options& options,
                                                   diag::Engine& diagnostics);

}  // namespace tpc::driver
