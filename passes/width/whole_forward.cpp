#include "passes/width/whole_forward.h"

#include <algorithm>

namespace tpc::passes {

namespace tp = ir::tp;

tp::Module with_whole_forward(tp::Module module) {
  const tp::Function* loss = module.find(ir::FunctionRole::loss);
  if (loss == nullptr || !loss->result(ir::result_name::output).valid()) return module;
  tp::Function whole = *loss;
  whole.key = ir::FunctionRole::predict;
  std::erase_if(whole.results, [](const ir::Result& result) { return result.name != ir::result_name::output; });
  for (tp::Function& function : module.functions) {
    if (function.key == ir::FunctionRole::predict) function = whole;
  }
  return module;
}

}  // namespace tpc::passes
