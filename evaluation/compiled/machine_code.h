/// \file Limit IR to machine code in this process, with failures as diagnostics.
#pragma once

#include <optional>

#include "base/diag/diagnostic.h"
#include "codegen/codegen.h"

namespace tpc::evaluation {

/// Empty after an error, which is in `diagnostics`. What follows runs for long and has large states: the memory the
/// compiler took is given back.
std::optional<codegen::JitModel> compile_to_memory(const ir::limit::Module& module,
                                                   const codegen::CodegenOptions& options, diag::Engine& diagnostics);

}  // namespace tpc::evaluation
