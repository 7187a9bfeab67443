#include "passes/kernel/pair_functions.h"

#include "passes/kernel/only_functions.h"

namespace tpc::passes {

namespace limit = ir::limit;

std::vector<std::string> pair_function_names(const limit::Module& module) {
  std::vector<std::string> names;
  for (const limit::Function& function : module.functions) {
    if (is_pair_function(function.name)) names.push_back(function.name);
  }
  return names;
}

limit::Module without_unknown_sizes(const limit::Module& module) {
  return module.find("kernel") == nullptr ? module : kernel::only_functions(module, is_pair_function);
}

limit::Module pair_function(const limit::Module& module, const std::string& function) {
  return kernel::only_functions(module, [&](const std::string& name) { return name == function; });
}

bool starts_random(const limit::Module& module) {
  const limit::Function* kernel = module.find("kernel");
  return kernel != nullptr && kernel->result("nngp").valid();
}

}  // namespace tpc::passes
