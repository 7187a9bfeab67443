// The areas that pairs of values span, carried along with their covariances (covariance.h): for Gaussian variables from
// the terms they are made of, for functions of them where a rule is known; else from the inner products.
#include "passes/gaussian/expectations.h"

#include <algorithm>
#include <cmath>

#include "ir/limit/deviation.h"

namespace tpc::passes::gaussian {
namespace {

/// Relu and its like as functions of their argument.
std::optional<Homogeneous> homogeneous(Primitive primitive) {
  switch (primitive) {
    case Primitive::Relu: return Homogeneous{1, 0.5, 0.5};
    case Primitive::Abs: return Homogeneous{1, 1.0, 0.0};
    case Primitive::Sign: return Homogeneous{0, 0.0, 1.0};
    case Primitive::Step: return Homogeneous{0, 0.5, 0.5};
    case Primitive::Add:
    case Primitive::Sub:
    case Primitive::Mul:
    case Primitive::Div:
    case Primitive::Neg:
    case Primitive::Pow:
    case Primitive::Tanh:
    case Primitive::Sigmoid:
    case Primitive::Softplus:
    case Primitive::Erf:
    case Primitive::Sin:
    case Primitive::Cos:
    case Primitive::Exp:
    case Primitive::Log:
    case Primitive::Sqrt:
    case Primitive::Asin:
    case Primitive::Correlation: break;
  }
  return std::nullopt;
}

/// A sum of pieces u^k sign(u)^l of one degree k in {0, 1} with known coefficients.
std::optional<Homogeneous> homogeneous(const Scalars& f, const std::vector<Piece>& pieces) {
  Homogeneous result{pieces.empty() ? 0 : pieces.front().power, 0.0, 0.0};
  for (const Piece& piece : pieces) {
    const auto coefficient = f.known(piece.coefficient);
    const bool has_sign = piece.power == 1 || piece.signs_squared || piece.curve == Curve::sign;  // 0 at 0
    const bool of_signs = (piece.curve == Curve::one || piece.curve == Curve::sign) && has_sign;
    if (!coefficient || !of_signs || piece.decay.valid() || piece.power != result.degree || piece.power > 1) return {};
    const bool odd = (piece.power == 1) != (piece.curve == Curve::sign);
    (odd ? result.odd : result.even) += *coefficient;
  }
  return result;
}

}  // namespace

/// E[x y] with the batches in their order.
ValueId Expectations::ordered(ValueId x, ValueId y) {  // NOLINT(misc-no-recursion)
  return values_.source().type(y).dims < values_.source().type(x).dims ? of(y, x) : of(x, y);
}

/// Of two Gaussian variables: their independent families one after the other, if each is once in both.
ValueId Expectations::area(ValueId u, ValueId v) {  // NOLINT(misc-no-recursion)
  if (u == v) return {};
  if (values_.source().type(v).dims < values_.source().type(u).dims) std::swap(u, v);
  const auto key = std::pair{u, v};
  if (auto found = areas_.find(key); found != areas_.end()) return found->second;
  const auto &left = values_.at(u).linear, &right = values_.at(v).linear;
  Covariance sum;
  bool one_to_one = left.size() == right.size();
  for (size_t i = 0; i < left.size() && one_to_one; ++i) {
    size_t partners = 0, partner = 0;
    for (size_t j = 0; j < right.size(); ++j) {
      if (!covariance(left[i], right[j]).valid()) continue;
      ++partners, partner = j;
    }
    // Different terms of one variable are independent too.
    for (size_t j = 0; j < i; ++j) one_to_one &= !covariance(left[i], left[j]).valid();
    one_to_one &= partners == 1;
    if (!one_to_one) break;
    const Covariance term = term_pair(left[i], right[partner]);
    sum = i == 0 ? term : sum_of_orthogonal(f_, sum, term);
  }
  if (!one_to_one) sum.area = area_by_difference(f_, {covariance(u, u), covariance(v, v), covariance(u, v), {}});
  const std::string name = values_.moment_name(u, v);
  if (!name.empty()) f_.name(sum.area, "A" + name.substr(1));
  return areas_[key] = sum.area;
}

/// Terms of one family.
Covariance Expectations::term_pair(const LinearTerm& a, const LinearTerm& b) {  // NOLINT(misc-no-recursion)
  if (a.product.valid()) {
    const auto& x = std::get<limit::Condition>(values_.source().at(a.product).op);
    const auto& y = std::get<limit::Condition>(values_.source().at(b.product).op);
    const ValueId deviation = f_.number(std::sqrt(limit::variance_of_product(module_.state(x.matrix), x.transposed)));
    return scaled(f_, pair(x.argument, y.argument), f_.mul(deviation, a.coefficient), f_.mul(deviation, b.coefficient));
  }
  Covariance c{covariance(a, a), covariance(b, b), covariance(a, b), {}};
  if (a.summed.empty() && b.summed.empty()) return c;  // multiples of one variable
  auto has_all = [&](ValueId x) {
    const auto& dims = f_.build.type(f_.made(x)).dims;
    return std::ranges::all_of(a.summed, [&](DimId dim) { return ir::contains_dim(dims, dim); });
  };
  if (a.summed != b.summed || !has_all(a.coefficient) || !has_all(b.coefficient)) {
    c.area = area_by_difference(f_, c);
    return c;
  }
  const ValueId product = f_.build.contract(a.coefficient, b.coefficient, a.summed);
  const double deviation = module_.state(a.state).init.value;
  c.area = f_.mul(deviation * deviation, f_.build.insert(limit::Area{a.coefficient, b.coefficient, product, a.summed}));
  return c;
}

/// Of any two values, once: a residual stream z_l is a sum that contains z_{l-1}, and each of its products asks for it.
Covariance Expectations::pair(ValueId x, ValueId y) {  // NOLINT(misc-no-recursion)
  const auto key = std::pair{x, y};
  if (auto found = pairs_.find(key); found != pairs_.end()) return found->second;
  return pairs_[key] = new_pair(x, y);
}

Covariance Expectations::new_pair(ValueId x, ValueId y) {  // NOLINT(misc-no-recursion)
  Covariance c{of(x, x), of(y, y), ordered(x, y), {}};
  if (x == y || (values_.is_scalar(x) && values_.is_scalar(y))) return c;
  if (const auto area = area_of_function(x, y)) {
    c.area = *area;
  } else if (const auto sum = pair_of_sums(x, y)) {
    c.area = sum->area;
  } else {
    c.area = area_by_difference(f_, c);
  }
  return c;
}

std::optional<ValueId> Expectations::area_of_function(ValueId x, ValueId y) {  // NOLINT(misc-no-recursion)
  if (values_.is_scalar(x) || values_.is_scalar(y)) return std::nullopt;
  const auto &left = values_.at(x), &right = values_.at(y);
  if (left.is_gaussian && right.is_gaussian) return area(x, y);
  auto joint = [&](ValueId u, ValueId v) {
    return Covariance{covariance(u, u), covariance(v, v), covariance(u, v), area(u, v)};
  };
  const auto* g = std::get_if<ir::Map>(&values_.source().at(x).op);
  const auto* h = std::get_if<ir::Map>(&values_.source().at(y).op);
  if (g != nullptr && h != nullptr && g->primitive == h->primitive) {
    const ValueId u = g->arguments[0], v = h->arguments[0];
    const auto phi = homogeneous(g->primitive);
    const bool gaussian =
        !values_.is_scalar(u) && values_.at(u).is_gaussian && !values_.is_scalar(v) && values_.at(v).is_gaussian;
    if (phi && gaussian) return area_of_homogeneous(f_, *phi, joint(u, v));
  }
  if (!left.root.valid() || !right.root.valid()) return std::nullopt;
  const auto pieces = values_.pieces(x, left.root), others = values_.pieces(y, right.root);
  if (!pieces || !others) return std::nullopt;
  const auto phi = homogeneous(f_, *pieces), psi = homogeneous(f_, *others);
  const bool same = phi && psi && phi->degree == psi->degree && phi->even == psi->even && phi->odd == psi->odd;
  if (!same) return std::nullopt;
  return area_of_homogeneous(f_, *phi, joint(left.root, right.root));
}

/// x_1 +- x_2 and y_1 +- y_2 with orthogonal parts; multiples by numbers.
std::optional<Covariance> Expectations::pair_of_sums(ValueId x, ValueId y) {  // NOLINT(misc-no-recursion)
  const auto* g = std::get_if<ir::Map>(&values_.source().at(x).op);
  const auto* h = std::get_if<ir::Map>(&values_.source().at(y).op);
  if (g == nullptr || h == nullptr || g->primitive != h->primitive || g->arguments.size() != 2) return std::nullopt;
  const ValueId x1 = g->arguments[0], x2 = g->arguments[1], y1 = h->arguments[0], y2 = h->arguments[1];
  const auto form = ir::form_of(g->primitive);
  if (form == PrimitiveForm::product && values_.is_scalar(x1) && values_.is_scalar(y1)) {
    return scaled(f_, pair(x2, y2), values_.renamed(x1), values_.renamed(y1));
  }
  if (form == PrimitiveForm::product && values_.is_scalar(x2) && values_.is_scalar(y2)) {
    return scaled(f_, pair(x1, y1), values_.renamed(x2), values_.renamed(y2));
  }
  const bool whole = values_.at(x).root.valid() || values_.at(y).root.valid();
  if (whole || (form != PrimitiveForm::sum && form != PrimitiveForm::difference)) return std::nullopt;
  const bool orthogonal =
      !ordered(x1, y2).valid() && !ordered(x2, y1).valid() && !ordered(x1, x2).valid() && !ordered(y1, y2).valid();
  if (!orthogonal) return std::nullopt;
  return sum_of_orthogonal(f_, pair(x1, y1), pair(x2, y2));
}

}  // namespace tpc::passes::gaussian
