#include "ir/core/verifier.h"
#include "ir/tp/dialect.h"
#include "ir/tp/ir.h"

namespace tpc::ir::tp {

std::vector<std::string> verify(const Module& module) { return verify_module(dialect, module); }

}  // namespace tpc::ir::tp
