#include "small_program.h"

#include <algorithm>
#include <random>
#include <utility>

namespace tpc::testing {

using ir::DimId;
using ir::Kind;
using ir::Primitive;
using ir::StateId;
using ir::Type;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

tp::Module module_with_empty_function() {
  tp::Module module;
  module.name = "small";
  module.dims = {{"B", std::nullopt}, {"d", 2}, {"k", 3}, {"d'", 2}};
  module.functions.push_back({ir::FunctionRole::loss, {}, {}});
  return module;
}

}  // namespace

SmallProgram::SmallProgram()
    : module(module_with_empty_function()),
      batch(0),
      inputs(1),
      outputs(2),
      inputs2(3),
      U(add_state("U", {Kind::vector, {inputs}}, 1)),
      b(add_state("b", {Kind::vector, {}}, 1)),
      W(add_state("W", {Kind::matrix, {}}, 0.6)),
      M(add_state("M", {Kind::matrix, {}}, 0.5)),
      V(add_state("V", {Kind::vector, {outputs}}, 1)),
      s(add_state("s", {Kind::scalar, {}}, 1)),
      t(add_state("t", {Kind::scalar, {outputs}}, 1)),
      q(add_state("q", {Kind::vector, {inputs2}}, 1)),
      builder_(module, module.functions.front()) {
  x = builder_.input("x", {batch, inputs});
  y = builder_.input("y", {batch, outputs});
  label = builder_.input("label", {batch});
}

StateId SmallProgram::add_state(const std::string& name, Type type, double deviation) {
  ir::State state;
  state.name = name;
  state.type = std::move(type);
  state.init = {ir::InitKind::gaussian, deviation};
  state.c = ir::Rational(static_cast<int64_t>(module.states.size()), 2);
  module.states.push_back(std::move(state));
  return StateId(module.states.size() - 1);
}

ValueId SmallProgram::mean(ValueId lhs, ValueId rhs, std::vector<DimId> over) {
  return builder_.mul(builder_.insert(tp::WidthPower{-1}), builder_.insert(tp::Moment{lhs, rhs, std::move(over)}));
}

ValueId SmallProgram::to_number(ValueId value) {
  const Type type = builder_.type(value);
  if (type.kind == Kind::matrix) value = matmul(value, builder_.read(b));
  if (type.kind != Kind::scalar) value = mean(value, map(Primitive::Sin, builder_.read(b)));
  if (type.dims.empty()) return value;
  // Weights that depend on every index: cos of differently scaled inputs.
  std::vector<ValueId> factors;
  for (DimId dim : type.dims) {
    if (dim == batch || dim == inputs) factors.push_back(map(Primitive::Cos, x));
    if (dim == outputs) factors.push_back(map(Primitive::Cos, y));
  }
  ValueId weighted = value;
  for (ValueId factor : factors) weighted = builder_.mul(weighted, factor);
  return builder_.contract(weighted, {}, builder_.type(weighted).dims);
}

void SmallProgram::finish(const std::vector<ValueId>& terms) {
  ValueId sum = builder_.constant(0.25);
  for (ValueId term : terms) sum = builder_.add(sum, to_number(term));
  function().results = {{"loss", sum}};
}

tpc::evaluation::Batch small_batch(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform(0.1, 1.0);
  tpc::evaluation::Batch batch;
  batch.count = batch_count;
  for (int64_t i = 0; i < batch_count; ++i) {
    for (int j = 0; j < 2; ++j) batch.fields["x"].push_back(normal(random));
    double row[3];
    double total = 0;
    for (double& entry : row) total += entry = uniform(random);
    for (double entry : row) batch.fields["y"].push_back(entry / total);
    batch.fields["label"].push_back(static_cast<double>(random() % 3));
  }
  return batch;
}

namespace {

/// Grows a program by random instructions.
class RandomGrowth {
 public:
  RandomGrowth(SmallProgram& program, uint64_t seed) : p_(program), random_(seed) {
    for (StateId state : {p_.U, p_.b, p_.V, p_.s, p_.t, p_.q}) values_.push_back(p_.build().read(state));
    for (StateId state : {p_.W, p_.M}) matrices_.push_back(p_.build().read(state));
    values_.push_back(p_.x);
  }

  void grow() {
    switch (below(8)) {
      case 0: return keep(p_.map(smooth(), any()));
      case 1: return keep(p_.map(Primitive::Tanh, p_.build().map(binary(), {any(), any()})));
      case 2: return keep(positive_function());
      case 3: return keep(noise(any()));
      case 4: return keep(sum());
      case 5: return grow_matrix();
      default: return keep(p_.map(Primitive::Tanh, p_.matmul(pick(matrices_), vector(), below(2) == 0)));
    }
  }

  [[nodiscard]] std::vector<ValueId> last(size_t count) const {
    std::vector<ValueId> result = matrices_;
    for (size_t i = values_.size() - std::min(count, values_.size()); i < values_.size(); ++i) {
      result.push_back(values_[i]);
    }
    return result;
  }

 private:
  size_t below(size_t limit) { return random_() % limit; }
  ValueId pick(const std::vector<ValueId>& list) { return list[below(list.size())]; }
  ValueId any() { return pick(values_); }
  ValueId vector() {
    for (int i = 0; i < 20; ++i) {
      const ValueId value = any();
      if (p_.build().type(value).kind == Kind::vector) return value;
    }
    return values_.front();
  }
  void keep(ValueId value) { values_.push_back(value); }

  Primitive smooth() {
    static constexpr Primitive list[] = {Primitive::Tanh, Primitive::Sigmoid, Primitive::Softplus, Primitive::Erf,
                                         Primitive::Sin,  Primitive::Cos,     Primitive::Relu,     Primitive::Abs,
                                         Primitive::Step, Primitive::Sign,    Primitive::Neg};
    return list[below(std::size(list))];
  }
  Primitive binary() {
    static constexpr Primitive list[] = {Primitive::Add, Primitive::Sub, Primitive::Mul};
    return list[below(std::size(list))];
  }

  /// Functions that want a positive argument, or grow fast.
  ValueId positive_function() {
    auto& build = p_.build();
    const ValueId bounded = p_.map(Primitive::Tanh, any());
    const ValueId positive = build.add(build.constant(1.5), bounded);
    switch (below(4)) {
      case 0: return build.div(any(), positive);
      case 1: return p_.map(Primitive::Sqrt, positive);
      case 2: return p_.map(Primitive::Pow, positive, static_cast<int>(below(7)) - 3);
      default: return p_.map(Primitive::Exp, bounded);
    }
  }

  /// What changes a value by a known factor at most.
  ValueId noise(ValueId value) {
    auto& build = p_.build();
    const auto number = static_cast<double>(below(4)) - 1;
    const ir::Rational exponent(static_cast<int64_t>(below(3)) - 1, 2);
    switch (below(7)) {
      case 0: return build.mul(build.constant(number), value);
      case 1: return build.mul(value, build.insert(tp::WidthPower{exponent}));
      case 2: return build.div(value, build.insert(tp::WidthPower{exponent}));
      case 3: return build.neg(value);
      case 4: return build.add(value, build.constant(number));
      case 5: return build.sub(build.constant(number), value);
      default: return p_.map(Primitive::Pow, value, static_cast<int>(below(3)));
    }
  }

  ValueId sum() {
    auto& build = p_.build();
    const ValueId lhs = any(), rhs = any();
    const bool two_vectors = build.type(lhs).kind == Kind::vector && build.type(rhs).kind == Kind::vector;
    std::vector<DimId> over;
    for (DimId dim : ir::union_dims(build.type(lhs).dims, build.type(rhs).dims)) {
      if (below(2) == 0) over.push_back(dim);
    }
    return p_.map(Primitive::Tanh, two_vectors ? p_.mean(lhs, rhs, over) : build.contract(lhs, rhs, over));
  }

  void grow_matrix() {
    auto& build = p_.build();
    const ValueId matrix = pick(matrices_);
    switch (below(4)) {
      case 0: return matrices_.push_back(build.mul(build.read(p_.s), matrix));
      case 1: return matrices_.push_back(build.sub(matrix, pick(matrices_)));
      case 2: return matrices_.push_back(build.neg(matrix));
      default:
        const ValueId left = p_.map(Primitive::Tanh, vector());
        const ValueId right = p_.map(Primitive::Sin, left);
        const ValueId scaled = build.mul(build.insert(tp::WidthPower{-1}), p_.outer(left, right));
        return matrices_.push_back(build.add(matrix, scaled));
    }
  }

  SmallProgram& p_;
  std::mt19937_64 random_;
  std::vector<ValueId> values_, matrices_;
};

}  // namespace

tp::Module random_program(uint64_t seed, int length) {
  SmallProgram program;
  RandomGrowth growth(program, seed);
  for (int i = 0; i < length; ++i) growth.grow();
  program.finish(growth.last(4));
  return std::move(program.module);
}

}  // namespace tpc::testing
