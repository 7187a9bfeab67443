#include "passes/contractions/distribute_products.h"

#include "passes/contractions/matrix_products.h"
#include "passes/contractions/reassociate.h"

namespace tpc::passes {

void distribute_products(ir::tp::Module& module) {
  for (ir::tp::Function& function : module.functions) {
    contractions::multiply_out_matrices(module, function);
    contractions::reassociate(module, function);
  }
}

}  // namespace tpc::passes
