/// \file Which Gaussian variables of the limit are independent of each other at initialisation.
///
/// Z^{W x} = hatZ^{W x} + dotZ^{W x} (math.md section 3), and Cov(hatZ^{W x}, hatZ^{W y}) = sigma^2 E[Z^x Z^y]. So the
/// products with one matrix fall into families: two belong to one family if E[Z^x Z^y] is not zero by symmetry, or if a
/// third one joins them. Families are independent; flipping the sign of one alone leaves the joint law of all variables
/// unchanged. That is more than w -> -w of a whole state gives: of z, W z and W (W z) every pair is uncorrelated,
/// although W (W z) is even in W.
///
/// dotZ^{W x} = sigma^2 sum_y E[dZ^x / dhatZ^{W^T y}] Z^y is a linear combination of the y that met the transpose. By
/// Gaussian integration by parts its coefficient is zero where E[Z^x hatZ^{W^T y}] is for all y of a family.
///
/// Spoken of is the program before the first step, its gradients included: later products are correlated with updates.
#pragma once

#include <compare>
#include <map>
#include <utility>
#include <vector>

#include "passes/width/abstract_value.h"

namespace tpc::passes::width {

/// One product with an initial Gaussian matrix.
struct ProductPlace {
  ir::FunctionKey function;
  ir::ValueId id;
  ir::StateId matrix;
  bool transposed = false;
  friend auto operator<=>(const ProductPlace& a, const ProductPlace& b) = default;
};

/// Families that were found to be one, by the number that is left of them.
using JoinedFamilies = std::map<size_t, FlipSet>;

class GaussianFamilies {
 public:
  explicit GaussianFamilies(const ir::tp::Module& module);

  /// W_0 x at initialisation. Precondition: a place of the module.
  [[nodiscard]] Growth product(const ProductPlace& place, const Growth& x) const;

 private:
  struct Product {
    ProductPlace place;
    size_t family = none;
    Growth argument;  ///< all that it met
    /// What it met last, and that vector's image once families are settled: initial values are the same at every step.
    Growth last_argument, image;
  };
  /// What one or more products met, alike for all of them: the steps of a recurrence.
  struct Met {
    Growth argument;
    size_t products = 0;
  };
  /// Products with one matrix. What they met is kept once where it is alike, so that work grows with what differs.
  struct Family {
    void meet(const Growth& argument, size_t count);  ///< of that many products
    void forget(const Growth& argument);              ///< of one product

    std::vector<size_t> products;
    std::vector<Met> met;
    Growth arguments;  ///< all of it, each divided by its leading power of the width: as it stands in dotZ
  };
  using Direction = std::pair<ir::StateId, bool>;  ///< a matrix, transposed or not
  /// No family: of a product that met only zeros. Updates may change that; their flips are those of states.
  static constexpr size_t none = static_cast<size_t>(-1);

  void find_products();
  bool find_products(const ir::tp::Function& function, AbstractStates& states);
  void begin_round();
  void settle_images();
  bool record_arguments();
  bool record(const ir::tp::Function& function, ir::ValueId id, const AbstractValues& values);
  bool absorb(size_t product, const Growth& argument);
  bool join_correlated();
  bool join_correlated(std::vector<size_t>& families);
  void place_in_family(size_t product, const Growth& argument);
  void join_at_once(size_t product);
  [[nodiscard]] bool correlated_with(const Growth& argument, size_t family, const JoinedFamilies& joined) const;
  void join(size_t family, size_t other);
  [[nodiscard]] Family& family(size_t number) { return families_[number - module_.states.size()]; }
  [[nodiscard]] const Family& family(size_t number) const { return families_[number - module_.states.size()]; }
  [[nodiscard]] Growth image_of(const Product& product, const Growth& x) const;
  void absorb_dot(const Product& product, const Term& x, const Term& hat, Growth& image) const;

  const ir::tp::Module& module_;
  std::vector<Product> products_;
  std::map<ProductPlace, size_t> index_;  ///< of products_
  std::vector<Family> families_;          ///< by number, from behind the states' numbers on; the joined ones are empty
  std::map<Direction, std::vector<size_t>> met_;  ///< the families that met something
  JoinedFamilies joined_;                         ///< since values were computed anew
  bool settled_ = false;                          ///< images are known
};

}  // namespace tpc::passes::width
