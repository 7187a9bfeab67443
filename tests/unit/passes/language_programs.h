/// \file Programs of the language in the tests of passes: from the text to their gradients, checked entry by entry.
#pragma once

#include <string>

#include "evaluation/batch.h"
#include "frontend/sema/program.h"
#include "ir/tp/ir.h"

namespace tpc::testing {

/// A text that must be right.
sema::Program checked_program(const std::string& text);

/// The gradient of the module's loss against finite differences of fourth order, for every entry of every state.
void check_gradients_by_differences(ir::tp::Module module, int64_t width, uint64_t seed,
                                    const evaluation::Batch& batch);

}  // namespace tpc::testing
