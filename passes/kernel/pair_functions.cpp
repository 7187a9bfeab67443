#include "passes/kernel/pair_functions.h"

#include "passes/kernel/only_functions.h"

namespace tpc::passes {

namespace limit = ir::limit;

std::vector<ir::FunctionKey> pair_functions(const limit::Module& module) {
  std::vector<ir::FunctionKey> keys;
  for (const limit::Function& function : module.functions) {
    if (is_pair_function(function.key)) keys.push_back(function.key);
  }
  return keys;
}

limit::Module without_unknown_sizes(const limit::Module& module) {
  return module.find(ir::FunctionRole::kernel) == nullptr ? module : kernel::only_functions(module, is_pair_function);
}

limit::Module pair_function(const limit::Module& module, const ir::FunctionKey& function) {
  return kernel::only_functions(module, [&](const ir::FunctionKey& key) { return key == function; });
}

bool starts_random(const limit::Module& module) {
  const limit::Function* kernel = module.find(ir::FunctionRole::kernel);
  return kernel != nullptr && kernel->result(ir::result_name::nngp).valid();
}

}  // namespace tpc::passes
