#include "passes/gaussian/random_values.h"

#include <algorithm>

#include "base/diag/check.h"

namespace tpc::passes::gaussian {

std::string RandomValues::name(ValueId id) const {
  const std::string known = label(id);
  return known.empty() ? "%" + std::to_string(id.index) : "`" + known + "`";
}

/// Whichever input it is of; products with weights have names as in the theory, "W z".
std::string RandomValues::label(ValueId id) const {  // NOLINT(misc-no-recursion)
  const limit::Instruction& value = source_.at(id);
  std::string text = value.name;
  if (const auto* product = std::get_if<limit::Condition>(&value.op); product != nullptr && text.empty()) {
    const std::string argument = label(product->argument);
    if (!argument.empty()) {
      text = module_.state(product->matrix).name + (product->transposed ? "^T " : " ") + argument;
    }
  }
  if (const auto* map = std::get_if<ir::Map>(&value.op); map != nullptr && text.empty()) {
    for (ValueId argument : map->arguments) {  // W z + b and its like
      if (std::holds_alternative<limit::Condition>(source_.at(argument).op)) text = label(argument);
    }
  }
  const auto* contract = std::get_if<ir::Contract>(&value.op);
  if (text.empty() && contract != nullptr && contract->rhs.valid()) {
    const auto* read = std::get_if<ir::Read>(&source_.at(contract->lhs).op);
    const auto* input = std::get_if<ir::Input>(&source_.at(contract->rhs).op);
    if (read != nullptr && input != nullptr) text = module_.state(read->state).name + " " + input->field;
  }
  return text;
}

std::string RandomValues::moment_name(ValueId a, ValueId b) const {
  const std::string first = label(a), second = b.valid() ? label(b) : "1";
  if (first.empty() || second.empty()) return {};
  return "C^{" + first + (first == second ? "" : ", " + second) + "}";
}

void RandomValues::analyze(ValueId id) {
  RandomValue& value = values_[id.index];
  auto number = [&](double x) { value.is_number = true, rename(id, f_.build.constant(x)); };
  std::visit(
      ir::Overloaded{
          [&](const ir::Read& op) {
            const ir::State& state = module_.state(op.state);
            if (state.init.kind != ir::InitKind::gaussian)
              return number(state.init.kind == ir::InitKind::zero ? 0 : state.init.value);
            value = {false, true, {{op.state, {}, {}, f_.number(1)}}, id};
          },
          [&](const limit::Unit&) { number(1); },
          [&](const limit::Condition&) { value = {false, true, {{{}, id, {}, f_.number(1)}}, id}; },
          [&](const ir::Map& op) { analyze_map(id, op); }, [&](const ir::Contract& op) { analyze_contract(id, op); },
          [&](const ir::OneOf<ir::Relabel, limit::Accumulated, limit::PairProduct, limit::PairApply> auto&) {
            throw NoFormula(name(id) + " is not read at initialisation, or is another value's copy");
          },
          [&](const ir::OneOf<ir::Gather, ir::Scatter> auto&) {
            throw NoFormula(name(id) + " is made of rows that are picked by index");
          },
          [](const ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex, ir::OneHot,
                             ir::Softmax, limit::Expect, limit::Area, limit::NormalRule, ir::LogSumExp, limit::Append,
                             limit::Combine, ir::Present, ir::FirstOccurrence, ir::AddRows, ir::Write> auto&) {
            TPC_CHECK(false, "an operation whose value is not random");
          }},
      source_.at(id).op);
}

void RandomValues::analyze_map(ValueId id, const ir::Map& op) {
  RandomValue& value = values_[id.index];
  bool one_root = true;
  std::vector<ValueId> arguments;
  for (ValueId argument : op.arguments) {
    arguments.push_back(renamed(argument));
    if (is_scalar(argument)) continue;
    const ValueId root = at(argument).root;
    one_root &= root.valid() && (!value.root.valid() || value.root == root);
    value.root = root;
  }
  if (one_root && !value.root.valid()) {
    value.is_number = true;
    return rename(id, f_.build.map(op.primitive, std::move(arguments), op.power));
  }
  if (!one_root) value.root = {};
  if (auto linear = linear_map(op)) {
    value.is_gaussian = true;
    value.linear = std::move(*linear);
    if (!one_root) value.root = id;
  }
}

std::optional<std::vector<LinearTerm>> RandomValues::linear_map(const ir::Map& op) {
  std::vector<LinearTerm> terms;
  auto put = [&](ValueId id, auto&& change) {
    if (is_scalar(id) || !at(id).is_gaussian) return false;
    for (LinearTerm term : at(id).linear) {
      term.coefficient = change(term.coefficient);
      auto same = std::find_if(terms.begin(), terms.end(), [&](const LinearTerm& t) {
        return t.state == term.state && t.product == term.product && t.summed == term.summed;
      });
      if (same == terms.end())
        terms.push_back(term);
      else
        same->coefficient = f_.add(same->coefficient, term.coefficient);
    }
    return true;
  };
  auto keep = [](ValueId c) { return c; };
  auto negate = [&](ValueId c) { return f_.neg(c); };
  const ValueId x = op.arguments[0], y = op.arguments.size() > 1 ? op.arguments[1] : ValueId{};
  auto zero = [&](ValueId id) { return is_scalar(id) && f_.known(renamed(id)) == 0.0; };
  bool linear = false;
  switch (ir::form_of(op.primitive)) {
    case PrimitiveForm::negation: linear = put(x, negate); break;
    case PrimitiveForm::sum: linear = (zero(x) || put(x, keep)) && (zero(y) || put(y, keep)); break;
    case PrimitiveForm::difference: linear = (zero(x) || put(x, keep)) && (zero(y) || put(y, negate)); break;
    case PrimitiveForm::quotient:
      linear = is_scalar(y) && put(x, [&](ValueId c) { return f_.div(c, renamed(y)); });
      break;
    case PrimitiveForm::product:
      if (is_scalar(x))
        linear = put(y, [&](ValueId c) { return f_.mul(renamed(x), c); });
      else if (is_scalar(y))
        linear = put(x, [&](ValueId c) { return f_.mul(c, renamed(y)); });
      break;
    case PrimitiveForm::power:
    case PrimitiveForm::correlation:
    case PrimitiveForm::curve: break;
  }
  if (!linear) return std::nullopt;
  return terms;
}

void RandomValues::analyze_contract(ValueId id, const ir::Contract& op) {
  const bool left = !is_scalar(op.lhs);
  const ValueId random = left ? op.lhs : op.rhs, other = left ? op.rhs : op.lhs;
  if (!random.valid() || !is_random(random) || !at(random).is_gaussian) return;
  RandomValue& value = values_[id.index];
  for (LinearTerm term : at(random).linear) {
    ValueId coefficient = other.valid() ? f_.mul(term.coefficient, renamed(other)) : term.coefficient;
    std::vector<DimId> now;
    for (DimId dim : op.over) {
      const auto& own = term.state.valid() ? module_.state(term.state).type.dims : source_.type(term.product).dims;
      if (std::find(own.begin(), own.end(), dim) == own.end())
        now.push_back(dim);
      else if (term.state.valid())
        term.summed.push_back(dim);
      else
        return;  // a sum of hatZ over examples
    }
    for (DimId dim : now) {
      const auto& has = f_.build.type(f_.made(coefficient)).dims;
      if (std::find(has.begin(), has.end(), dim) == has.end()) return;
    }
    term.coefficient = now.empty() ? coefficient : f_.build.contract(f_.made(coefficient), {}, now);
    std::sort(term.summed.begin(), term.summed.end());
    value.linear.push_back(std::move(term));
  }
  value.is_gaussian = true;
  value.root = id;
}

}  // namespace tpc::passes::gaussian
