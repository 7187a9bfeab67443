// Expectations of functions of one Gaussian variable or of two: the rule table, and sums over nodes beyond it.
#include <algorithm>

#include "passes/gaussian/expectations.h"

namespace tpc::passes::gaussian {

std::optional<std::vector<Piece>> Expectations::pieces(const Group& group) {
  std::vector<Piece> result{{f_.number(1), 0, Curve::one, {}, {}}};
  for (ValueId factor : group.factors) {
    const auto own = values_.pieces(factor, group.root);
    if (!own) return std::nullopt;
    std::vector<Piece> next;
    for (const Piece& g : result) {
      for (const Piece& h : *own) {
        const auto both = product(f_, g, h);
        if (!both) return std::nullopt;
        next.push_back(*both);
      }
    }
    result = std::move(next);
  }
  return result;
}

std::optional<ValueId> Expectations::closed_form(const Component& component, const Covariance& c) {
  if (component.size() == 2) return closed_form(component.front(), component.back(), c);
  const Group& group = component.front();
  if (auto whole = closed_form(group, {group.root, {}}, c)) return whole;
  // Products such as erf(u)^2, which is no piece, are pairs of the same variable twice.
  Group left{group.root, group.factors}, right{group.root, {}};
  while (left.factors.size() > 1) {
    right.factors.push_back(left.factors.back());
    left.factors.pop_back();
    if (auto split = closed_form(left, right, {c.p, c.p, c.p, {}})) return split;
  }
  return std::nullopt;
}

std::optional<ValueId> Expectations::closed_form(const Group& g_group, const Group& h_group, const Covariance& c) {
  const auto left = pieces(g_group), right = pieces(h_group);
  if (!left || !right) return std::nullopt;
  ValueId sum;
  for (const Piece& g : *left) {
    for (const Piece& h : *right) {
      const auto term = moment(f_, g, h, c);
      if (!term) return term;
      sum = f_.add(sum, *term);
    }
  }
  return sum;
}

void Expectations::require_smooth(const Component& component) const {
  for (const Group& group : component) {
    for (ValueId factor : group.factors) {
      const auto primitive = values_.bend(factor);
      if (!primitive) continue;
      throw NoFormula("no closed form is known for an expectation with " + values_.name(factor) +
                      ", and it bends or jumps (`" + std::string(ir::primitive_name(*primitive)) +
                      "`): sums over nodes would converge slowly");
    }
  }
}

/// u = sqrt(p) node, v = sqrt(q) (c node + sqrt(1 - c^2) node'), the root being the sine of the angle.
ValueId Expectations::quadrature(const Component& component, const Covariance& c) {
  require_smooth(component);
  const DimId first = node_dim("Q");
  auto rule = [&](DimId dim, bool weights) { return f_.build.insert(limit::NormalRule{dim, weights}); };
  const ValueId node = rule(first, false);
  const ValueId left = at(component.front(), f_.build.mul(f_.made(f_.root(c.p)), node));
  const ValueId weighted = f_.build.mul(left, rule(first, true));
  if (component.size() == 1) return f_.build.contract(weighted, {}, {first});
  const DimId second = node_dim("Q'");
  const ValueId correlation = f_.correlation(c.s, f_.mul(c.p, c.q));
  const ValueId rest = sine(f_, c);
  const ValueId direction =
      f_.build.add(f_.build.mul(f_.made(correlation), node), f_.build.mul(f_.made(rest), rule(second, false)));
  const ValueId right = at(component.back(), f_.build.mul(direction, f_.made(f_.root(c.q))));
  const ValueId inner = f_.build.contract(right, rule(second, true), {second});
  return f_.build.contract(weighted, inner, {first});
}

ValueId Expectations::at(const Group& group, ValueId value) {
  ValueId result;
  for (ValueId factor : group.factors) {
    const ValueId own = values_.substitute(factor, group.root, value);
    result = result.valid() ? f_.build.mul(result, own) : own;
  }
  return result;
}

DimId Expectations::node_dim(const std::string& name) {
  for (size_t i = 0; i < module_.dims.size(); ++i) {
    if (module_.dims[i].name == name && module_.dims[i].size == nodes_) return DimId(i);
    if (module_.dims[i].name == name) throw NoFormula("the name `" + name + "` of the quadrature nodes is taken");
  }
  module_.dims.push_back({name, nodes_});
  return DimId(module_.dims.size() - 1);
}

}  // namespace tpc::passes::gaussian
