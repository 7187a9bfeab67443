/// \file Products of two values, multiplied out where they are sums or contractions that are to be looked through.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "ir/tp/ir.h"
#include "passes/contractions/stopped_values.h"

namespace tpc::passes::contractions {

/// What a product of two values is summed over: finite dimensions, and the width (then both are vectors).
struct Summation {
  std::vector<ir::DimId> over;
  bool width = false;
  friend bool operator==(const Summation&, const Summation&) = default;
  friend auto operator<=>(const Summation&, const Summation&) = default;
};

/// A product of two operands as a contraction, moment or map: nothing else of a function is reordered.
struct ProductOf {
  ir::ValueId lhs, rhs;
  Summation sum;
  ir::Rational scale = {};  ///< of the instruction: every part of the program's value n^scale lhs rhs gets one
};
std::optional<ProductOf> as_product(const ir::tp::Instruction& instruction);

/// Whether the operation is linear in an operand, or a product, so that products with it can be multiplied out.
bool is_transparent(const ir::tp::Op& op);

class SumOfProducts {
 public:
  explicit SumOfProducts(ir::tp::Builder& builder) : builder_(builder), stopped_values_(builder) {}

  /// Products with this value are multiplied out from here on.
  void open(ir::ValueId value) { open_.insert(value); }
  [[nodiscard]] bool is_open(ir::ValueId value) const;
  /// The product is there already.
  void remember(const ProductOf& product, ir::ValueId value) { known_.try_emplace(key(product), value); }

  /// The product, its dimensions as in `wanted` where that is possible: of (U - e dh x) and x' with the first one open
  /// U x' - e dh (x x'), or (dh x') x for the second term, whichever costs less.
  ir::ValueId product(const ProductOf& wanted, const std::vector<ir::DimId>& order);

 private:
  using Key = std::tuple<ir::ValueId, ir::ValueId, Summation, ir::Rational>;
  static Key key(const ProductOf& product);
  /// How the open value enters its product.
  struct Context {
    Summation sum;
    ir::Rational scale;
    bool stopped = false;  ///< as a constant
  };

  [[nodiscard]] const ir::Type& type(ir::ValueId id) const { return builder_.type(id); }
  [[nodiscard]] bool is_vector(ir::ValueId id) const { return type(id).kind == ir::Kind::vector; }
  ir::ValueId multiplied(const ProductOf& product);
  std::optional<ir::ValueId> multiplied_out(ir::ValueId open, ir::ValueId other, const Context& context);
  std::optional<ir::ValueId> with_map(const ir::Map& map, const ir::Type& whole, ir::ValueId other, Context context);
  std::optional<ir::ValueId> of_three(ProductOf inner, ir::ValueId other, Context context);
  ir::ValueId part(ir::ValueId value, ir::ValueId other, const Context& context);
  ir::ValueId pair_first(ir::ValueId a, ir::ValueId b, ir::ValueId last, const Context& context);
  [[nodiscard]] double cost_of_pair_first(ir::ValueId a, ir::ValueId b, ir::ValueId last, const Summation& sum) const;
  [[nodiscard]] Summation inner_sum(ir::ValueId a, ir::ValueId b, ir::ValueId last, const Summation& sum) const;
  [[nodiscard]] bool fits(ir::ValueId part, const ir::Type& whole, ir::ValueId other, const Summation& sum) const;
  ir::ValueId direct(const ProductOf& product);
  ir::ValueId scaled(ir::ValueId made, const ir::Rational& scale);
  [[nodiscard]] bool in_order(ir::ValueId first, ir::ValueId second, const Summation& sum) const;

  ir::tp::Builder& builder_;
  StoppedValues stopped_values_;
  std::set<ir::ValueId> open_;
  std::map<Key, ir::ValueId> known_;
  std::vector<ir::DimId> order_;
};

}  // namespace tpc::passes::contractions
