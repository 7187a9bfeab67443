#include "ir/core/verifier.h"
#include "ir/tp/dialect.h"
#include "ir/tp/ir.h"

namespace tpc::ir::tp {

std::vector<Finding> find_faults(const Module& module) { return verify_module(dialect, module); }

std::vector<std::string> verify(const Module& module) { return messages(find_faults(module)); }

}  // namespace tpc::ir::tp
