/// \file What values say of indices alone: which places of a loop an iteration has, `q <= p`, and what is done so that
/// the others count nowhere.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "ir/limit/ir.h"

namespace tpc::equations {

/// Where the index along `inner` is at most the one along `outer` plus a number.
struct PlaceOrder {
  ir::DimId inner, outer;
  int64_t offset = 0;
};

/// The logits of a softmax over the places that are there: what large negative numbers are added to at the others.
struct PresentLogits {
  ir::ValueId logits;
  PlaceOrder places;
};

class Places {
 public:
  explicit Places(const ir::limit::Function& function);

  /// Computed from indices and constants, the former among it.
  [[nodiscard]] bool is_known(ir::ValueId id) const { return known_[id.index]; }
  /// Of a step function of the difference of two indices: 1 where they have this order.
  [[nodiscard]] std::optional<PlaceOrder> order(const ir::Map& op) const;
  [[nodiscard]] std::optional<PresentLogits> without_absent(ir::ValueId logits) const;
  /// A number plus multiples of indices, which count from 0.
  struct Affine {
    double constant = 0.0;
    std::map<ir::DimId, double> indices;
  };
  /// The place of x that sum_j x_j 1(place, j) picks, in terms of other indices; empty: the sum is none such.
  [[nodiscard]] std::optional<Affine> picked(const ir::Contract& op) const;

 private:
  [[nodiscard]] std::optional<Affine> affine(ir::ValueId id) const;
  static Affine sum(Affine first, const Affine& second, double times);
  [[nodiscard]] std::optional<PlaceOrder> penalty(ir::ValueId id) const;

  const ir::limit::Function& function_;
  std::vector<bool> known_;
};

}  // namespace tpc::equations
