#include "passes/kernel/example_gradients.h"

#include <algorithm>

#include "ir/core/primitive_traits.h"
#include "passes/autodiff/reverse.h"
#include "passes/kernel/no_kernel.h"

namespace tpc::passes::kernel {

using ir::DimId;
using ir::Kind;
using ir::PrimitiveForm;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// What a value is made of.
struct Origin {
  bool data = false;
  bool states = false;
};

std::vector<Origin> find_origins(const tp::Function& function) {
  std::vector<Origin> origins(function.body.size());
  for (size_t i = 0; i < origins.size(); ++i) {
    const tp::Op& op = function.body[i].op;
    origins[i].data = std::holds_alternative<ir::Input>(op);
    origins[i].states = std::holds_alternative<ir::Read>(op);
    for (ValueId operand : ir::operands(op)) {
      origins[i].data = origins[i].data || origins[operand.index].data;
      origins[i].states = origins[i].states || origins[operand.index].states;
    }
  }
  return origins;
}

class Gradients {
 public:
  Gradients(tp::Builder& builder, ValueId output)
      : builder_(builder),
        output_(output),
        kept_(builder.type(output).dims),
        origins_(find_origins(builder.function())) {
    gradients_.resize(builder.module().states.size());
  }

  std::vector<std::vector<Contribution>> run() {
    const std::vector<ValueId> weights = weight_expressions();
    const ValueId one = builder_.constant(1);
    const auto contributions = collect_contributions(builder_, {{output_, one}}, weights, kept_);
    for (size_t i = 0; i < weights.size(); ++i) distribute(weights[i], contributions[i]);
    return std::move(gradients_);
  }

 private:
  [[nodiscard]] const tp::Instruction& at(ValueId id) const { return builder_.function().at(id); }
  [[nodiscard]] bool is_weight(ValueId id) const { return origins_[id.index].states && !origins_[id.index].data; }

  /// The maximal expressions of states only: those that meet activations, and the output itself if it is one.
  [[nodiscard]] std::vector<ValueId> weight_expressions() const {
    std::vector<ValueId> weights;
    auto add = [&](ValueId id) {
      if (is_weight(id) && std::find(weights.begin(), weights.end(), id) == weights.end()) weights.push_back(id);
    };
    for (size_t i = 0; i < origins_.size(); ++i) {
      if (origins_[i].data) ir::for_each_operand(at(ValueId(i)).op, [&](const ValueId& operand) { add(operand); });
    }
    add(output_);
    return weights;
  }

  /// From an expression of states to the states: factors n^{-a} and sums pass the list on, term by term.
  void distribute(ValueId expression, std::vector<Contribution> terms) {  // NOLINT(misc-no-recursion)
    if (terms.empty() || !is_weight(expression)) return;
    const tp::Op op = at(expression).op;
    if (const auto* read = std::get_if<ir::Read>(&op)) {
      auto& list = gradients_[read->state.index];
      list.insert(list.end(), terms.begin(), terms.end());
      return;
    }
    const auto* map = std::get_if<ir::Map>(&op);
    if (map == nullptr || !distribute_linear(expression, *map, terms)) distribute_general(expression, terms);
  }

  bool distribute_linear(ValueId expression, const ir::Map& map,  // NOLINT(misc-no-recursion)
                         const std::vector<Contribution>& terms) {
    auto whole = [&](ValueId id) { return builder_.type(id) == builder_.type(expression); };
    const PrimitiveForm form = ir::form_of(map.primitive);
    switch (form) {
      case PrimitiveForm::negation: return distribute(map.arguments[0], negated(terms)), true;
      case PrimitiveForm::sum:
      case PrimitiveForm::difference:
        if (!whole(map.arguments[0]) || !whole(map.arguments[1])) return false;
        distribute(map.arguments[0], terms);
        distribute(map.arguments[1], form == PrimitiveForm::sum ? terms : negated(terms));
        return true;
      case PrimitiveForm::product:
        for (size_t i = 0; i < 2; ++i) {
          const ValueId factor = map.arguments[i], rest = map.arguments[1 - i];
          if (is_weight(factor) || !whole(rest) || builder_.type(factor) != ir::Type{Kind::scalar, {}}) continue;
          return distribute(rest, scaled(factor, terms)), true;
        }
        return false;
      case PrimitiveForm::quotient:
      case PrimitiveForm::power:
      case PrimitiveForm::correlation:
      case PrimitiveForm::curve: break;
    }
    return false;
  }

  /// Any other expression, of vectors and scalars: its gradient an example, passed on by reverse mode.
  void distribute_general(ValueId expression, const std::vector<Contribution>& terms) {  // NOLINT(misc-no-recursion)
    const tp::Instruction& instruction = at(expression);
    if (instruction.type.kind == Kind::matrix || contains_matrix(expression)) {
      throw NoKernel{"the kernel of a product of weights: write it as products with an activation", instruction.span};
    }
    const std::vector<ValueId> reads = reads_of(expression);
    Adjoints sum(builder_, std::vector<bool>(origins_.size(), true), kept_);
    for (const Contribution& term : terms) sum.contribute(expression, term.product, term.space);
    const auto contributions = collect_contributions(builder_, {{expression, sum.of(expression)}}, reads, kept_);
    for (size_t i = 0; i < reads.size(); ++i) distribute(reads[i], contributions[i]);
  }

  std::vector<Contribution> scaled(ValueId factor, std::vector<Contribution> terms) {
    for (Contribution& term : terms) term.product.left = builder_.mul(factor, term.product.left);
    return terms;
  }
  std::vector<Contribution> negated(std::vector<Contribution> terms) {
    for (Contribution& term : terms) term.product.left = builder_.neg(term.product.left);
    return terms;
  }

  [[nodiscard]] std::vector<bool> cone(ValueId expression) const {
    std::vector<bool> in(expression.index + size_t{1});
    in[expression.index] = true;
    for (size_t i = in.size(); i-- > 0;) {
      if (in[i]) ir::for_each_operand(at(ValueId(i)).op, [&](const ValueId& operand) { in[operand.index] = true; });
    }
    return in;
  }
  [[nodiscard]] std::vector<ValueId> reads_of(ValueId expression) const {
    std::vector<ValueId> reads;
    const std::vector<bool> in = cone(expression);
    for (size_t i = 0; i < in.size(); ++i) {
      if (in[i] && std::holds_alternative<ir::Read>(at(ValueId(i)).op)) reads.emplace_back(i);
    }
    return reads;
  }
  [[nodiscard]] bool contains_matrix(ValueId expression) const {
    const std::vector<bool> in = cone(expression);
    for (size_t i = 0; i < in.size(); ++i) {
      if (in[i] && at(ValueId(i)).type.kind == Kind::matrix) return true;
    }
    return false;
  }

  tp::Builder& builder_;
  ValueId output_;
  std::vector<DimId> kept_;
  std::vector<Origin> origins_;
  std::vector<std::vector<Contribution>> gradients_;
};

}  // namespace

std::vector<std::vector<Contribution>> example_gradients(tp::Builder& builder, ValueId output) {
  return Gradients(builder, output).run();
}

}  // namespace tpc::passes::kernel
