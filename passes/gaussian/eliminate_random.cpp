#include "passes/gaussian/eliminate_random.h"

#include <utility>

#include "base/diag/check.h"
#include "passes/gaussian/expectations.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/simplify.h"

namespace tpc::passes {
namespace {

using namespace gaussian;

class Eliminator {
 public:
  Eliminator(limit::Module& module, const limit::Function& source, int64_t nodes)
      : source_(source),
        builder_(module, result_),
        scalars_(builder_),
        values_(module, source, scalars_),
        expectations_(module, values_, scalars_, nodes) {
    result_.key = source.key;
  }

  limit::Function run() {
    for (size_t i = 0; i < source_.body.size(); ++i) visit(ValueId(i));
    for (const ir::Result& result : source_.results) {
      const ValueId value = broadcast(values_.renamed(result.value), source_.type(result.value));
      result_.results.push_back({result.name, value});
    }
    return std::move(result_);
  }

  [[nodiscard]] const std::vector<ValueId>& zero() const { return zero_; }

 private:
  /// The same number for every index the formula does not depend on.
  ValueId broadcast(ValueId value, const ir::Type& type) {
    if (builder_.type(value) == type) return value;
    ValueId ones;
    for (DimId dim : type.dims) {
      const ValueId one = ones_along(dim);
      ones = ones.valid() ? builder_.mul(ones, one) : one;
    }
    const ValueId result = ones.valid() ? builder_.mul(ones, value) : value;
    if (builder_.type(result) != type) throw NoFormula("a result has other dimensions than its formula");
    return result;
  }

  ValueId ones_along(DimId dim) {
    for (size_t i = 0; i < result_.body.size(); ++i) {
      std::vector<DimId> others = result_.body[i].type.dims;
      if (std::erase(others, dim) == 0) continue;
      const ValueId some = others.empty() ? ValueId(i) : builder_.contract(ValueId(i), {}, others);
      return builder_.map(Primitive::Pow, {some}, 0);
    }
    throw NoFormula("a result does not depend on the data");
  }

  void visit(ValueId id) {
    const limit::Instruction& instruction = source_.at(id);
    builder_.at(instruction.span);
    if (const auto* expect = std::get_if<limit::Expect>(&instruction.op)) {
      ValueId value = scalars_.made(expectations_.of(expect->lhs, expect->rhs));
      if (scalars_.known(value) == 0.0) zero_.push_back(id);
      if (!expect->over.empty()) value = sum(value, *expect);
      name(value, instruction.name);
      return values_.rename(id, value);
    }
    if (values_.is_random(id)) {
      values_.analyze(id);
      if (const auto* product = std::get_if<limit::Condition>(&instruction.op)) {
        expectations_.require_no_dot(id, *product);
      }
      return;
    }
    if (const auto value = folded(instruction.op)) {
      name(*value, instruction.name);
      return values_.rename(id, *value);
    }
    copy(id, instruction);
  }

  /// Sums and products with an expectation that is zero: a loop over T steps has T^2 of them, T of them not zero.
  std::optional<ValueId> folded(const limit::Op& op) {
    bool zero = false;
    auto operand = [&](ValueId old) {
      const ValueId value = old.valid() ? values_.renamed(old) : old;
      if (!value.valid() || scalars_.known(value) != 0.0) return value;
      zero = true;
      return ValueId{};
    };
    if (const auto* contract = std::get_if<ir::Contract>(&op)) {
      operand(contract->lhs), operand(contract->rhs);
      return zero ? std::optional(scalars_.made({})) : std::nullopt;
    }
    const auto* map = std::get_if<ir::Map>(&op);
    if (map == nullptr) return std::nullopt;
    const ValueId x = operand(map->arguments[0]);
    const ValueId y = map->arguments.size() > 1 ? operand(map->arguments[1]) : ValueId{};
    if (!zero) return std::nullopt;
    switch (ir::form_of(map->primitive)) {
      case PrimitiveForm::sum: return scalars_.made(scalars_.add(x, y));
      case PrimitiveForm::difference: return scalars_.made(scalars_.add(x, scalars_.neg(y)));
      case PrimitiveForm::negation:
      case PrimitiveForm::product: return scalars_.made({});
      case PrimitiveForm::quotient:
      case PrimitiveForm::power:
      case PrimitiveForm::correlation:
      case PrimitiveForm::curve: break;
    }
    return std::nullopt;
  }

  ValueId sum(ValueId value, const limit::Expect& expect) {
    if (builder_.type(value).dims.empty()) throw NoFormula("a sum of equal expectations");
    return builder_.contract(value, {}, expect.over);
  }

  void copy(ValueId id, const limit::Instruction& instruction) {
    limit::Op op = instruction.op;
    ir::for_each_operand(op, [&](ValueId& operand) { operand = values_.renamed(operand); });
    ValueId made;
    if (const auto* input = std::get_if<ir::Input>(&op)) {
      made = builder_.input(*input, instruction.type.dims);
    } else {
      const ir::Typing typing = infer_type(builder_.module(), result_, op);
      if (!typing.type) throw NoFormula(values_.name(id) + " needs dimensions that its formula does not have");
      made = builder_.insert(std::move(op));
    }
    name(made, instruction.name);
    values_.rename(id, made);
  }

  void name(ValueId value, const std::string& given) {
    if (!given.empty()) result_.body[value.index].name = given;
  }

  const limit::Function& source_;
  limit::Function result_;
  limit::Builder builder_;
  Scalars scalars_;
  RandomValues values_;
  Expectations expectations_;
  std::vector<ValueId> zero_;
};

}  // namespace

std::optional<std::string> eliminate_random(ir::limit::Module& module, const ir::FunctionKey& function,
                                            int64_t quadrature_nodes, std::vector<ir::ValueId>* zero) {
  const limit::Function* source = module.find(function);
  TPC_CHECK(source != nullptr, "no function " + ir::spelling(function));
  limit::Module changed = module;
  try {
    Eliminator eliminator(changed, *source, quadrature_nodes);
    *changed.find(function) = eliminator.run();
    if (zero != nullptr) *zero = eliminator.zero();
  } catch (const NoFormula& why) {
    return why.what();
  }
  eliminate_dead_code(*changed.find(function));
  simplify(changed);
  eliminate_common_subexpressions(changed);
  eliminate_dead_code(changed);
  module = std::move(changed);
  return std::nullopt;
}

}  // namespace tpc::passes
