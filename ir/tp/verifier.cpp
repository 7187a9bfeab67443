#include "ir/core/verifier.h"
#include "ir/tp/dialect.h"
#include "ir/tp/ir.h"
#include "ir/tp/lengths.h"

namespace tpc::ir::tp {

std::vector<Finding> find_faults(const Module& module) {
  std::vector<Finding> findings = verify_module(dialect, module);
  if (!findings.empty()) return findings;
  for (const Function& function : module.functions) {
    for (const auto& [value, problem] : length_faults(module, function)) {
      const Instruction& instruction = function.at(value);
      findings.push_back({"function " + name_text(function.name()) + ": " +
                              instruction_text(dialect, module, value.index, instruction) + ": " + problem,
                          instruction.span});
    }
  }
  return findings;
}

std::vector<std::string> verify(const Module& module) { return messages(find_faults(module)); }

}  // namespace tpc::ir::tp
