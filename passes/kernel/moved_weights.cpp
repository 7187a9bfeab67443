#include "passes/kernel/moved_weights.h"

#include "ir/core/visit.h"

namespace tpc::passes::kernel {
namespace {

namespace tp = ir::tp;
using ir::Primitive;
using ir::ValueId;

/// number n^exponent
struct Factor {
  double number = 1.0;
  ir::Rational exponent;
};

/// factor dloss/dwrt
struct GradientTerm {
  ValueId loss, wrt;
  bool stopped = false;
  Factor factor;
};

class Analysis {
 public:
  explicit Analysis(const tp::Function& function)
      : function_(function),
        factors_(function.body.size()),
        gradients_(function.body.size()),
        weights_(function.body.size()) {}

  std::vector<std::optional<MovedWeight>> run() {
    for (size_t i = 0; i < function_.body.size(); ++i) look_at(i);
    return std::move(weights_);
  }

 private:
  void look_at(size_t i) {
    std::visit(
        ir::Overloaded{
            [&](const ir::Constant& op) { factors_[i] = Factor{op.value, {}}; },
            [&](const tp::WidthPower& op) { factors_[i] = Factor{1.0, op.exponent}; },
            [&](const ir::Read& op) { weights_[i] = MovedWeight{op.state, {}}; },
            [&](const tp::Gradient& op) { gradients_[i] = GradientTerm{op.of, op.wrt, false, {}}; },
            [&](const tp::StopGradient& op) {
              gradients_[i] = gradients_[op.argument.index];
              if (gradients_[i]) gradients_[i]->stopped = true;
            },
            [&](const ir::Map& op) { look_at_map(i, op); },
            [](const ir::OneOf<std::monostate, ir::Input, ir::DimSize, ir::DimIndex, ir::Contract, ir::Relabel,
                               ir::OneHot, ir::Softmax, ir::LogSumExp, ir::Write, tp::Matmul, tp::Moment, tp::Outer,
                               ir::Gather, ir::Scatter, ir::Present, ir::FirstOccurrence, ir::AddRows> auto&) {}},
        function_.body[i].op);
  }

  void look_at_map(size_t i, const ir::Map& map) {
    const auto& arguments = map.arguments;
    if (map.primitive == Primitive::Neg) {
      multiply(i, Factor{-1.0, {}}, arguments[0]);
    } else if (map.primitive == Primitive::Mul) {
      for (size_t side : {0, 1}) {
        if (const auto& factor = factors_[arguments[side].index]) multiply(i, *factor, arguments[1 - side]);
      }
    } else if (map.primitive == Primitive::Add) {
      move(i, arguments[0], arguments[1]);
      move(i, arguments[1], arguments[0]);
    }
  }

  void multiply(size_t i, const Factor& factor, ValueId argument) {
    const auto times = [&](const Factor& other) {
      return Factor{factor.number * other.number, factor.exponent + other.exponent};
    };
    if (const auto& number = factors_[argument.index]) factors_[i] = times(*number);
    gradients_[i] = gradients_[argument.index];
    if (gradients_[i]) gradients_[i]->factor = times(gradients_[i]->factor);
  }

  /// A weight plus a gradient by itself.
  void move(size_t i, ValueId before, ValueId step) {
    const auto& weight = weights_[before.index];
    const auto& gradient = gradients_[step.index];
    if (!weight || !gradient || !is_same(before, gradient->wrt)) return;
    weights_[i] = weight;
    weights_[i]->moves.push_back(
        {gradient->loss, gradient->stopped, gradient->factor.number, gradient->factor.exponent});
  }

  /// Reads of one state are one value.
  [[nodiscard]] bool is_same(ValueId a, ValueId b) const {
    const auto *read = std::get_if<ir::Read>(&function_.at(a).op), *other = std::get_if<ir::Read>(&function_.at(b).op);
    return a == b || (read != nullptr && other != nullptr && read->state == other->state);
  }

  const tp::Function& function_;
  std::vector<std::optional<Factor>> factors_;
  std::vector<std::optional<GradientTerm>> gradients_;
  std::vector<std::optional<MovedWeight>> weights_;
};

}  // namespace

std::vector<std::optional<MovedWeight>> moved_weights(const tp::Function& function) { return Analysis(function).run(); }

}  // namespace tpc::passes::kernel
