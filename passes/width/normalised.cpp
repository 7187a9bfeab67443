#include "passes/width/normalised.h"

namespace tpc::passes::width {
namespace {

using ir::Map;
using ir::Primitive;
using ir::Rational;
using ir::ValueId;

template <class Op>
const Op* as(const ir::tp::Function& function, ValueId id) {
  return std::get_if<Op>(&function.at(id).op);
}

const Map* map(const ir::tp::Function& function, ValueId id, Primitive primitive) {
  const auto* found = as<Map>(function, id);
  return found != nullptr && found->primitive == primitive ? found : nullptr;
}

bool is_square(const ir::tp::Function& function, ValueId id, ValueId x) {
  const Map* power = map(function, id, Primitive::Pow);
  if (power != nullptr) return power->arguments[0] == x && power->power == 2;
  const Map* product = map(function, id, Primitive::Mul);
  return product != nullptr && product->arguments[0] == x && product->arguments[1] == x;
}

bool is_sum_of_squares(const ir::tp::Function& function, ValueId id, ValueId x) {
  const auto* moment = as<ir::tp::Moment>(function, id);
  if (moment == nullptr || !moment->over.empty()) return false;
  return moment->rhs.valid() ? moment->lhs == x && moment->rhs == x : is_square(function, moment->lhs, x);
}

/// The addend that is not a number >= 0; the value itself if it is no sum; invalid: neither addend is such a number.
ValueId without_number(const ir::tp::Function& function, ValueId id) {
  const Map* sum = map(function, id, Primitive::Add);
  if (sum == nullptr) return id;
  for (size_t i : {0U, 1U}) {
    const auto* number = as<ir::Constant>(function, sum->arguments[i]);
    if (number != nullptr && number->value >= 0.0) return sum->arguments[1 - i];
  }
  return {};
}

}  // namespace

std::optional<ir::Exponent> normalised_size(const ir::tp::Function& function, const Map& quotient) {
  const Map* root = map(function, quotient.arguments[1], Primitive::Sqrt);
  const ValueId square = root != nullptr ? without_number(function, root->arguments[0]) : ValueId();
  if (!square.valid()) return {};
  const ValueId x = quotient.arguments[0];
  if (is_sum_of_squares(function, square, x)) return ir::Exponent(Rational(-1, 2));
  const Map* product = map(function, square, Primitive::Mul);
  if (product == nullptr) return {};
  for (size_t i : {0U, 1U}) {
    const auto* factor = as<ir::tp::WidthPower>(function, product->arguments[i]);
    if (factor == nullptr || !is_sum_of_squares(function, product->arguments[1 - i], x)) continue;
    return ir::Exponent(-(Rational(1) + factor->exponent) / Rational(2));
  }
  return {};
}

}  // namespace tpc::passes::width
