#include "ir/core/verifier.h"
#include "ir/limit/dialect.h"
#include "ir/limit/ir.h"

namespace tpc::ir::limit {

std::vector<Finding> find_faults(const Module& module) { return verify_module(dialect, module); }

std::vector<std::string> verify(const Module& module) { return messages(find_faults(module)); }

}  // namespace tpc::ir::limit
