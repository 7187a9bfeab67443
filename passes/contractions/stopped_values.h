/// \file stop_gradient on what a product is made of, where it stood on the product.
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes::contractions {

class StoppedValues {
 public:
  explicit StoppedValues(ir::tp::Builder& builder) : builder_(builder) {}

  /// The value with derivative zero; itself where it has no other one.
  ir::ValueId stop(ir::ValueId value);
  ir::ValueId stop_if(bool stopped, ir::ValueId value) { return stopped ? stop(value) : value; }

 private:
  [[nodiscard]] bool depends_on_states(ir::ValueId value);

  ir::tp::Builder& builder_;
  std::vector<bool> depends_;  ///< of the first values of the body
};

}  // namespace tpc::passes::contractions
