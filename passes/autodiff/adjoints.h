/// \file What the derivative rules write to: the adjoint of every value, as a growing sum of contributions.
#pragma once

#include <map>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

/// A contribution to an adjoint: left * right, or `left` alone where `right` is absent; zero where both are.
struct Product {
  ir::ValueId left, right;
  [[nodiscard]] bool is_zero() const { return !left.valid(); }
};

/// One contribution to a collected value, not summed yet: the product, defined on the index space `space`; of a matrix,
/// sum over the indices of left (x) right. Where a factor lacks a dimension of the space it is the same along it.
struct Contribution {
  Product product;
  ir::Type space;
};

class Adjoints {
 public:
  /// `active[i]`: whether value i depends on a wanted value. `kept`: dimensions over which no adjoint is ever summed,
  /// whether its value has them or not (the batch, for one gradient an example). `collected`: values whose
  /// contributions are listed instead of summed.
  Adjoints(ir::tp::Builder& builder, std::vector<bool> active, std::vector<ir::DimId> kept = {},
           const std::vector<ir::ValueId>& collected = {})
      : builder_(builder), active_(std::move(active)), kept_(std::move(kept)), sums_(active_.size()) {
    for (ir::ValueId value : collected) collected_[value];
  }

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
  /// Adds left (x) right, summed over all finite indices but those of the matrix and the kept ones, to its adjoint.
  void contribute_outer(ir::ValueId matrix, ir::ValueId left, ir::ValueId right);

  /// Precondition: the value is collected.
  [[nodiscard]] const std::vector<Contribution>& collected(ir::ValueId value) const { return collected_.at(value); }
  [[nodiscard]] const std::vector<ir::DimId>& kept() const { return kept_; }

 private:
  ir::ValueId summed(Product product, const ir::Type& space, const ir::Type& target);
  ir::ValueId sum_over_width(Product product, const std::vector<ir::DimId>& over);
  ir::ValueId sum_over_dims(Product product, const std::vector<ir::DimId>& over);
  ir::ValueId matrix_inner_product(ir::ValueId adjoint, ir::ValueId matrix);

  ir::tp::Builder& builder_;
  std::vector<bool> active_;
  std::vector<ir::DimId> kept_;
  std::vector<ir::ValueId> sums_;
  std::map<ir::ValueId, std::vector<Contribution>> collected_;
};

}  // namespace tpc::passes
