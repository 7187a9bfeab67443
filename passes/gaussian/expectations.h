/// \file E of products of random values, by bilinear expansion into independent groups of Gaussian variables.
#pragma once

#include <map>
#include "passes/gaussian/random_values.h"

namespace tpc::passes::gaussian {

class Expectations {
 public:
  Expectations(limit::Module& module, RandomValues& values, Scalars& scalars, int64_t nodes)
      : module_(module), values_(values), f_(scalars), nodes_(nodes) {}

  /// E[a b] as a formula; an invalid id: it is zero by symmetry or independence.
  ValueId of(ValueId a, ValueId b);
  /// Throws NoFormula unless dotZ of the product is zero.
  void require_no_dot(ValueId product, const limit::Condition& op);

 private:
  /// coefficient * product of functions of one Gaussian variable each.
  struct Product {
    ValueId coefficient;
    std::vector<ValueId> factors;
  };
  /// Functions of the same Gaussian variable; of Gaussian variables that are not independent.
  struct Group {
    ValueId root;
    std::vector<ValueId> factors;
  };
  using Component = std::vector<Group>;

  const std::vector<Product>& expand(ValueId id);
  std::vector<Product> expand_map(ValueId id, const ir::Map& op);
  std::vector<Component> components(const std::vector<ValueId>& factors);
  Parity parity(const Component& component) const;
  ValueId of(const Product& product);
  ValueId of(const Component& component);
  ValueId covariance(ValueId u, ValueId v);
  ValueId covariance(const LinearTerm& a, const LinearTerm& b);
  ValueId area(ValueId u, ValueId v);
  Covariance term_pair(const LinearTerm& a, const LinearTerm& b);
  Covariance pair(ValueId x, ValueId y);
  Covariance new_pair(ValueId x, ValueId y);
  std::optional<ValueId> area_of_function(ValueId x, ValueId y);
  std::optional<Covariance> pair_of_sums(ValueId x, ValueId y);
  ValueId ordered(ValueId x, ValueId y);
  std::optional<std::vector<Piece>> pieces(const Group& group);
  std::optional<ValueId> closed_form(const Component& component, const Covariance& c);
  std::optional<ValueId> closed_form(const Group& g_group, const Group& h_group, const Covariance& c);
  void require_smooth(const Component& component) const;
  ValueId quadrature(const Component& component, const Covariance& c);
  ValueId at(const Group& group, ValueId value);
  DimId node_dim(const std::string& name);

  limit::Module& module_;
  RandomValues& values_;
  Scalars& f_;
  int64_t nodes_;
  std::map<ValueId, std::vector<Product>> expanded_;
  std::map<std::pair<ValueId, ValueId>, ValueId> expectations_, covariances_, areas_;
  std::map<std::pair<ValueId, ValueId>, Covariance> pairs_;
  std::map<std::vector<ValueId>, ValueId> integrals_;  ///< by the roots and factors of the component's groups
};

}  // namespace tpc::passes::gaussian
