#include "passes/kernel/pair_functions.h"

#include "ir/limit/task_functions.h"
#include "passes/kernel/only_functions.h"

namespace tpc::passes {

namespace limit = ir::limit;

bool has_tasks(const limit::Module& module) { return module.find(ir::FunctionKey(limit::change_function)) != nullptr; }

bool is_pair_function(const limit::Module& module, const ir::FunctionKey& key) {
  return key.role == ir::FunctionRole::kernel || (key.role == ir::FunctionRole::observe && !has_tasks(module));
}

std::vector<ir::FunctionKey> pair_functions(const limit::Module& module) {
  std::vector<ir::FunctionKey> keys;
  for (const limit::Function& function : module.functions) {
    if (is_pair_function(module, function.key)) keys.push_back(function.key);
  }
  return keys;
}

limit::Module without_unknown_sizes(const limit::Module& module) {
  if (module.find(ir::FunctionRole::kernel) == nullptr) return module;
  return kernel::only_functions(module, [&](const ir::FunctionKey& key) { return is_pair_function(module, key); });
}

limit::Module pair_function(const limit::Module& module, const ir::FunctionKey& function) {
  return kernel::only_functions(module, [&](const ir::FunctionKey& key) { return key == function; });
}

limit::Module task_functions(const limit::Module& module) {
  return kernel::only_functions(module, [&](const ir::FunctionKey& key) { return !is_pair_function(module, key); });
}

bool starts_random(const limit::Module& module) {
  const limit::Function* kernel = module.find(ir::FunctionRole::kernel);
  return kernel != nullptr && kernel->result(ir::result_name::nngp).valid();
}

}  // namespace tpc::passes
