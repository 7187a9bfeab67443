#include "ir/core/verifier.h"
#include "ir/limit/dialect.h"
#include "ir/limit/ir.h"

namespace tpc::ir::limit {

std::vector<std::string> verify(const Module& module) { return verify_module(dialect, module); }

}  // namespace tpc::ir::limit
