/// \file What the derivative rules write to: the adjoint of every value, as a growing sum of contributions.
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

/// A contribution to an adjoint: left * right, or `left` alone where `right` is absent; zero where both are.
struct Product {
  ir::ValueId left, right;
  [[nodiscard]] bool is_zero() const { return !left.valid(); }
};

class Adjoints {
 public:
  /// `active[i]`: whether value i depends on a wanted value.
  Adjoints(ir::tp::Builder& builder, std::vector<bool> active)
      : builder_(builder), active_(std::move(active)), sums_(active_.size()) {}

  ir::tp::Builder& builder() { return builder_; }
  [[nodiscard]] const ir::Type& type(ir::ValueId id) const { return builder_.type(id); }
  [[nodiscard]] bool active(ir::ValueId value) const { return active_[value.index]; }
  /// The sum so far; invalid: nothing yet.
  [[nodiscard]] ir::ValueId of(ir::ValueId value) const { return sums_[value.index]; }

  /// Adds a contribution that belongs to `operand` index by index.
  void contribute(ir::ValueId operand, ir::ValueId adjoint);
  /// The adjoint of broadcasting: adds the product, defined on the index space `space` (the finite dimensions, and the
  /// width if its kind is vector), summed over every index the operand does not have. In a matrix space the left
  /// factor is the adjoint of the matrix.
  void contribute(ir::ValueId operand, Product product, const ir::Type& space);

 private:
  ir::ValueId summed(Product product, const ir::Type& space, const ir::Type& target);
  ir::ValueId sum_over_width(Product product, const std::vector<ir::DimId>& over);
  ir::ValueId sum_over_dims(Product product, const std::vector<ir::DimId>& over);
  ir::ValueId matrix_inner_product(ir::ValueId adjoint, ir::ValueId matrix);

  ir::tp::Builder& builder_;
  std::vector<bool> active_;
  std::vector<ir::ValueId> sums_;
};

}  // namespace tpc::passes
