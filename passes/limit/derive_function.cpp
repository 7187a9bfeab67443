#include "passes/limit/derive_function.h"

#include <algorithm>
#include <unordered_map>

#include "ir/core/primitive_traits.h"
#include "ir/core/visit.h"
#include "ir/tp/entries.h"
#include "passes/limit/matrix_writer.h"

namespace tpc::passes {
namespace {

namespace tp = ir::tp;
namespace limit = ir::limit;
using ir::DimId;
using ir::Exponent;
using ir::Kind;
using ir::Primitive;
using ir::PrimitiveForm;
using ir::Rational;
using ir::StateId;
using ir::ValueId;

/// ZNearZero: phi(n^e Z) with e < 0 is phi(0), or phi'(0) n^e Z if phi(0) = 0.
constexpr bool expansions_begin_at_once() {
  return std::ranges::all_of(ir::primitive_traits, [](const ir::PrimitiveTraits& traits) {
    const bool expanded = traits.form == ir::PrimitiveForm::curve && !traits.degree && !traits.singular_at_zero;
    return !expanded || traits.derivatives[0] != 0.0 || traits.derivatives[1] != 0.0;
  });
}
static_assert(expansions_begin_at_once(), "near_zero has no rule for a curve of second order at 0");

class FunctionDeriver : private MatrixWriter {
 public:
  FunctionDeriver(const tp::Module& module, const tp::Function& source, const std::vector<StateLimit>& states,
                  const std::vector<Exponent>* initial_exponents, limit::Module& target, limit::Function& result)
      : MatrixWriter(states, target, result), module_(module), source_(source), initial_exponents_(initial_exponents) {}

  void derive(ValueId id) {
    current_ = id;
    const tp::Instruction& instruction = source_.at(id);
    builder_.at(instruction.span);
    if (instruction.type.kind == Kind::matrix) {
      const size_t first_new = builder_.function().body.size();
      MatrixForm& form = matrices_[id] = std::visit([&](const auto& op) { return matrix(op); }, instruction.op);
      // The next value of a moment is one of the equations; what is made of it speaks of that.
      if (is_next_of_pairs(id)) form = {{}, {}, as_pairs(form)};
      if (form.pairs.value.valid() && form.pairs.value.index >= first_new) {
        builder_.function().body[form.pairs.value.index].name = instruction.name;
      }
    } else {
      const size_t first_new = builder_.function().body.size();
      chooses_operands_ = false;
      ScaledValue derived = std::visit([&](const auto& op) { return value(op); }, instruction.op);
      if (!chooses_operands_) inherit_fluctuation(instruction, derived);
      const bool is_new = derived.value.valid() && derived.value.index >= first_new;
      if (is_new) builder_.function().body[derived.value.index].name = instruction.name;
      if (derived.value.valid()) name_if_unnamed(derived.value, instruction.name);
      values_[id] = derived;
    }
  }

  /// The limit of a result, which must be of order one.
  ValueId result(const ir::Result& wanted) {
    const ScaledValue& derived = values_.at(wanted.value);
    if (derived.fluctuation.valid() && derived.exponent >= Exponent(0)) {
      current_ = derived.fluctuation;
      throw NoLimit{"the expectation of " + described(current_) +
                    " vanishes by symmetry, it is a random number of order n^(" +
                    (*initial_exponents_)[current_.index].str() + "), and `" + wanted.name + "` of `" + source_.name() +
                    "` depends on it"};
    }
    if (derived.exponent == Exponent(0)) return materialize(derived);
    if (derived.is_zero()) throw NoLimit{"`" + wanted.name + "` of `" + source_.name() + "` is zero in the limit"};
    throw NoLimit{"`" + wanted.name + "` of `" + source_.name() + "` may grow like n^(" + derived.exponent.str() +
                  "): nothing shows that it has a limit of order one"};
  }

  [[nodiscard]] Span span() const { return source_.at(current_).span; }

 private:
  // ---- values that are the same at every width ----
  ScaledValue value(const ir::Input& op) { return {0, builder_.input(op, source_.type(current_).dims)}; }
  ScaledValue value(const ir::Constant& op) {
    return op.value == 0.0 ? ScaledValue::zero() : ScaledValue{0, builder_.insert(op)};
  }
  ScaledValue value(const ir::DimSize& op) { return {0, builder_.insert(op)}; }
  ScaledValue value(const ir::DimIndex& op) { return {0, builder_.insert(op)}; }
  ScaledValue value(const tp::WidthPower& op) { return ScaledValue::power(op.exponent); }

  ScaledValue value(const ir::Read& op) {
    const Exponent& scale = target_.state(op.state).scale;
    return scale.finite() ? ScaledValue{scale, builder_.insert(op)} : ScaledValue::zero();
  }

  // ---- linear operations: exponents add ----
  ScaledValue value(const ir::Contract& op) {
    const ScaledValue& lhs = values_.at(op.lhs);
    ScaledValue rhs = op.rhs.valid() ? values_.at(op.rhs) : ScaledValue::power(0);
    Exponent exponent = lhs.exponent + rhs.exponent;
    if (!exponent.finite()) return ScaledValue::zero();
    const ValueId left = materialize(lhs);
    const auto [varying, constant] = split(op.over, left, rhs.value);
    return {exponent, repeated(constant, builder_.contract(left, rhs.value, varying))};
  }
  ScaledValue value(const ir::Relabel& op) {
    const ScaledValue& argument = values_.at(op.argument);
    if (!argument.value.valid() || !ir::contains_dim(builder_.type(argument.value).dims, op.from)) return argument;
    return {argument.exponent, builder_.insert(ir::Relabel{argument.value, op.from, op.to})};
  }
  ScaledValue value(const ir::OneHot& op) {
    return {0, builder_.insert(ir::OneHot{zero_or_order_one(op.argument, "a class index"), op.dim})};
  }

  // ---- rows of tables: picked and added up by indices, which are data ----
  ScaledValue value(const ir::Gather& op) {
    const ScaledValue& table = values_.at(op.table);
    if (table.is_zero()) return table;
    const ValueId index = place(op.index), rows = materialize(table);
    if (ir::contains_dim(builder_.type(rows).dims, op.dim)) {
      return {table.exponent, builder_.insert(ir::Gather{rows, index, op.dim})};
    }
    return {table.exponent, builder_.mul(builder_.insert(ir::Present{index}), rows)};  // all rows became equal
  }
  ScaledValue value(const ir::Scatter& op) {
    const ScaledValue& rows = values_.at(op.value);
    if (rows.is_zero()) return rows;
    return {rows.exponent, builder_.insert(ir::Scatter{materialize(rows), place(op.index), op.dim, op.over})};
  }
  ScaledValue value(const ir::Present& op) { return {0, builder_.insert(ir::Present{place(op.index)})}; }
  ScaledValue value(const ir::FirstOccurrence& op) {
    std::vector<ValueId> earlier;
    for (ValueId each : op.earlier) earlier.push_back(place(each));
    return {0, builder_.insert(ir::FirstOccurrence{place(op.index), std::move(earlier)})};
  }
  ValueId place(ValueId index) { return zero_or_order_one(index, "an index"); }

  /// softmax(n^e s): at e < 0 all entries become equal.
  ScaledValue value(const ir::Softmax& op) {
    const Exponent& exponent = values_.at(op.argument).exponent;
    if (exponent < Exponent(0)) {
      chooses_operands_ = true;
      const ValueId one = builder_.constant(1.0);
      return {0, builder_.mul(ones(source_.type(current_).dims), builder_.div(one, size_of(op.over)))};
    }
    return {0, builder_.insert(ir::Softmax{order_one(op.argument, "the argument of `softmax`"), op.over})};
  }
  /// log sum exp(n^e s): at e < 0 the logarithm of how many there are.
  ScaledValue value(const ir::LogSumExp& op) {
    if (values_.at(op.argument).exponent < Exponent(0)) {
      chooses_operands_ = true;
      return {0, builder_.insert(ir::LogSumExp{zeros(source_.type(op.argument).dims), op.over})};
    }
    return {0, builder_.insert(ir::LogSumExp{order_one(op.argument, "the argument of `log_sum_exp`"), op.over})};
  }
  ValueId size_of(ir::DimId dim) { return builder_.insert(ir::DimSize{dim}); }

  /// 1 at every index over the dimensions: (row of an identity matrix)^0 along each.
  ValueId ones(const std::vector<ir::DimId>& dims) {
    ValueId result = builder_.constant(1.0);
    for (ir::DimId dim : dims) {
      const ValueId row = builder_.insert(ir::OneHot{builder_.constant(0.0), dim});
      result = builder_.mul(result, builder_.map(Primitive::Pow, {row}, 0));
    }
    return result;
  }

  ValueId zeros(const std::vector<ir::DimId>& dims) { return builder_.mul(ones(dims), builder_.constant(0.0)); }

  /// ZMoment: a sum over the width is n times an expectation (Master Theorem: theta = E phi(Z..)). ZNoise: with noise
  /// it is n^{1/2} times one, a random number.
  ScaledValue value(const tp::Moment& op) {
    const ScaledValue& lhs = values_.at(op.lhs);
    ScaledValue rhs = op.rhs.valid() ? values_.at(op.rhs) : ScaledValue::power(0);
    const bool of_noise = is_noise(op.lhs) || (op.rhs.valid() && is_noise(op.rhs));
    Exponent exponent = lhs.exponent + rhs.exponent + Exponent(of_noise ? Rational(1, 2) : Rational(1));
    if (!exponent.finite()) return ScaledValue::zero();
    const auto [varying, constant] = split(op.over, lhs.value, rhs.value);
    const ValueId sum = repeated(constant, builder_.insert(limit::Expect{lhs.value, rhs.value, varying}));
    if (initial_exponents_ == nullptr || (*initial_exponents_)[current_.index] >= exponent) return {exponent, sum};
    const Exponent& true_exponent = (*initial_exponents_)[current_.index];
    return true_exponent.finite() ? ScaledValue{true_exponent, sum, current_} : ScaledValue::zero();
  }

  /// ZMatMul, ZUpdate: W x = W_0 x + (accumulated updates) x. W_0 has entries n^{scale} N(0, sigma^2): W_0 x is
  /// n^{scale + 1/2} hat + dot.
  ScaledValue value(const tp::Matmul& op) {
    const MatrixForm& form = matrices_.at(op.matrix);
    const ScaledValue& argument = values_.at(op.argument);
    if (form.states.size() != 1 || !form.terms.empty() || !form.pairs.is_zero()) {
      throw NoLimit{"a matrix product with a matrix that is being updated"};
    }
    const auto& [state, coefficient] = form.states.front();
    const Exponent& scale = target_.state(state).scale;
    // n independent entries add up to n^{1/2} times their size with W_0, to n times with functions of pairs.
    const bool of_pairs = target_.state(state).type.kind == Kind::pair;
    Exponent exponent =
        scale + Exponent(of_pairs ? Rational(1) : Rational(1, 2)) + coefficient.exponent + argument.exponent;
    if (!exponent.finite()) return ScaledValue::zero();
    ValueId product = matrix_product(state, argument, op.transposed);
    return multiply({exponent, product}, {0, coefficient.value});
  }

  /// ZHat, ZDot: `condition`; ZUpdate: `accumulated`; ZShare: the number before W_0.
  ValueId matrix_product(StateId state, const ScaledValue& scaled_argument, bool transposed) {
    const StateLimit& kept = states_[state.index];
    const ValueId argument = scaled_argument.value;
    auto initial_product = [&] {
      const ValueId product =
          builder_.insert(limit::Condition{kept.gaussian, argument, transposed, scaled_argument.exponent.rational()});
      return kept.share.valid() ? builder_.mul(builder_.read(kept.share), product) : product;
    };
    const auto updates_product = [&]() -> ValueId {
      if (!kept.pairs.valid()) return builder_.insert(limit::Accumulated{state, argument, transposed});
      return builder_.insert(limit::PairApply{builder_.read(kept.pairs), argument, transposed});
    };
    if (!kept.keeps_updates) return initial_product();
    if (!kept.keeps_initial) return updates_product();
    ValueId initial = initial_product();
    ValueId updates = updates_product();
    return builder_.add(initial, updates);
  }

  /// A function of the entries: the map's rule for numbers, of random variables of two points.
  ScaledValue entry_map(const ir::Map& op) {
    for (ValueId argument : op.arguments) {
      if (source_.type(argument).kind == Kind::matrix) values_[argument] = as_pairs(matrices_.at(argument));
    }
    return value(op);
  }

  // ---- coordinatewise maps: ZNonlin, where all exponents are 0 or phi is homogeneous ----
  ScaledValue value(const ir::Map& op) {
    const ScaledValue& first = values_.at(op.arguments[0]);
    if (op.arguments.size() == 1) return unary(op, first);
    const ScaledValue& second = values_.at(op.arguments[1]);
    switch (ir::form_of(op.primitive)) {
      case PrimitiveForm::sum:
      case PrimitiveForm::difference: return add(op, first, second);
      case PrimitiveForm::product: return multiply(first, second);
      case PrimitiveForm::quotient: return divide(first, second);
      case PrimitiveForm::correlation: return correlation(first, second);
      case PrimitiveForm::negation:
      case PrimitiveForm::power:
      case PrimitiveForm::curve: break;
    }
    TPC_CHECK(false, "a function of one argument has two");
  }

  /// ZLead: of a sum only the leading exponent stays.
  ScaledValue add(const ir::Map& op, const ScaledValue& a, const ScaledValue& b) {
    chooses_operands_ = true;
    if (a.exponent < b.exponent) {
      note_dropped(op.arguments[0], a.exponent, b.exponent);
      return op.primitive == Primitive::Add ? b : negate(b);
    }
    if (b.exponent < a.exponent) {
      note_dropped(op.arguments[1], b.exponent, a.exponent);
      return a;
    }
    if (a.is_zero()) return a;
    return {a.exponent, builder_.map(op.primitive, {materialize(a), materialize(b)}),
            a.fluctuation.valid() ? a.fluctuation : b.fluctuation};
  }

  ScaledValue unary(const ir::Map& op, const ScaledValue& argument) {
    const std::optional<Rational> degree = ir::homogeneous_degree(op.primitive, op.power);
    if (argument.exponent == Exponent(0) || (degree && argument.exponent.finite())) {
      return {argument.exponent.rational() * degree.value_or(Rational(0)),
              builder_.map(op.primitive, {materialize(argument)}, op.power)};
    }
    if (Exponent(0) < argument.exponent) {
      throw NoLimit{"`" + std::string(ir::primitive_name(op.primitive)) + "` of something that grows like n^(" +
                    argument.exponent.str() + ")"};
    }
    return degree ? ScaledValue::zero() : near_zero(op, argument);
  }

  /// phi(n^e Z), e < 0, of a curve with a Taylor series at 0.
  ScaledValue near_zero(const ir::Map& op, const ScaledValue& argument) {
    const ir::PrimitiveTraits& traits = ir::traits_of(op.primitive);
    if (traits.singular_at_zero) {
      throw NoLimit{"`" + std::string(ir::primitive_name(op.primitive)) + "` of something that vanishes"};
    }
    const double value_at_zero = traits.derivatives[0], slope_at_zero = traits.derivatives[1];
    if (value_at_zero == 0.0 && argument.is_zero()) return ScaledValue::zero();
    if (value_at_zero == 0.0) return multiply({0, builder_.constant(slope_at_zero)}, argument);
    const ir::Type& type = source_.type(current_);
    chooses_operands_ = true;
    if (initial_exponents_ == nullptr && !type.dims.empty()) {
      throw NoLimit{"`" + std::string(ir::primitive_name(op.primitive)) +
                    "` of something that vanishes: it is the same constant for every input"};
    }
    ValueId constant = builder_.constant(value_at_zero);
    if (type.kind == Kind::scalar) return {0, constant};
    return {0, builder_.mul(constant, builder_.insert(limit::Unit{}))};
  }

  // ---- states ----
  /// Whether the matrix is the next value of a state that is all function of two points.
  [[nodiscard]] bool is_next_of_pairs(ValueId id) const {
    return std::ranges::any_of(source_.body, [&](const tp::Instruction& instruction) {
      const auto* write = std::get_if<ir::Write>(&instruction.op);
      if (write == nullptr || write->value != id) return false;
      const StateLimit& state = states_[write->state.index];
      return state.pairs.valid() && !state.keeps_initial;
    });
  }

  ScaledValue value(const ir::Write& op) {
    if (module_.state(op.state).type.kind == Kind::matrix) {
      states_[op.state.index].entrywise ? write_entries(op.state, matrices_.at(op.value))
                                        : write_matrix(op.state, matrices_.at(op.value));
      return ScaledValue::zero();
    }
    if (!states_[op.state.index].keeps_updates) return ScaledValue::zero();
    const ScaledValue& next = values_.at(op.value);
    if (next.exponent != target_.state(op.state).scale) throw too_large(op.state);
    builder_.write(op.state, materialize(next));
    return ScaledValue::zero();
  }

  ScaledValue value(const ir::AddRows& op) {
    const ScaledValue& rows = values_.at(op.value);
    const Exponent& scale = target_.state(op.state).scale;
    if (!states_[op.state.index].keeps_updates || rows.exponent < scale) return ScaledValue::zero();
    if (scale < rows.exponent) throw too_large(op.state);
    builder_.insert(ir::AddRows{op.state, materialize(rows), place(op.index), op.dim});
    return ScaledValue::zero();
  }

  // ---- matrices: kept as linear combinations ----
  template <ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex, tp::WidthPower, ir::Contract,
                      ir::Relabel, ir::OneHot, ir::Softmax, tp::Matmul, tp::Moment, tp::Gradient, ir::Gather,
                      ir::Scatter, ir::Present, ir::FirstOccurrence, ir::AddRows, ir::LogSumExp, ir::Write>
                Op>
  MatrixForm matrix(const Op&) {
    TPC_CHECK(false, "no operation that makes matrices");
  }
  MatrixForm matrix(const tp::StopGradient& op) { return matrices_.at(op.argument); }
  MatrixForm matrix(const ir::Read& op) { return {{{op.state, ScaledValue::power(0)}}, {}}; }
  MatrixForm matrix(const tp::Outer& op) {
    MatrixForm form;
    form.terms.push_back({ScaledValue::power(0), values_.at(op.left), values_.at(op.right)});
    if (!form.terms[0].exponent().finite()) form.terms.clear();
    return form;
  }
  MatrixForm matrix(const ir::Map& op) {
    if (!tp::is_linear_in_matrices(source_, op)) return {{}, {}, entry_map(op)};
    switch (ir::form_of(op.primitive)) {
      case PrimitiveForm::negation: return scaled(matrices_.at(op.arguments[0]), {0, builder_.constant(-1.0)});
      case PrimitiveForm::product: {
        bool matrix_first = source_.type(op.arguments[0]).kind == Kind::matrix;
        return scaled(matrices_.at(op.arguments[matrix_first ? 0 : 1]), values_.at(op.arguments[matrix_first ? 1 : 0]));
      }
      case PrimitiveForm::sum: return sum(matrices_.at(op.arguments[0]), matrices_.at(op.arguments[1]));
      case PrimitiveForm::difference:
        return sum(matrices_.at(op.arguments[0]), scaled(matrices_.at(op.arguments[1]), {0, builder_.constant(-1.0)}));
      case PrimitiveForm::quotient:
        return scaled(matrices_.at(op.arguments[0]), divide(ScaledValue::power(0), values_.at(op.arguments[1])));
      case PrimitiveForm::power:
      case PrimitiveForm::correlation:
      case PrimitiveForm::curve: break;
    }
    TPC_CHECK(false, "no map of matrices");
  }

  ScaledValue value(const tp::StopGradient& op) { return values_.at(op.argument); }
  template <ir::OneOf<std::monostate, tp::Outer, tp::Gradient> Op>
  ScaledValue value(const Op&) {
    TPC_CHECK(false, "an operation whose value is no scalar and no vector, or a gradient that is not expanded");
  }

  // ---- helpers ----
  /// A power of the width that went away leaves its result's name to the factor: a vector's, which the user gave it,
  /// and in a kernel's program a number's.
  void name_if_unnamed(ValueId value, const std::string& name) {
    limit::Instruction& present = builder_.function().body[value.index];
    const bool is_own = present.name.empty() && !std::holds_alternative<ir::Read>(present.op);
    if (is_own && (present.type.kind == Kind::vector || initial_exponents_ != nullptr)) present.name = name;
  }

  [[nodiscard]] bool is_noise(ValueId id) const {
    const auto* read = std::get_if<ir::Read>(&source_.at(id).op);
    return read != nullptr && module_.state(read->state).init.kind == ir::InitKind::noise;
  }

  [[nodiscard]] std::string described(ValueId id) const {
    const std::string& name = source_.at(id).name;
    return name.empty() ? "this sum over the width" : "`" + name + "`";
  }

  /// What is made of a random number is one.
  void inherit_fluctuation(const tp::Instruction& instruction, ScaledValue& derived) const {
    if (derived.is_zero() || derived.fluctuation.valid()) return;
    ir::for_each_operand(instruction.op, [&](const ValueId& operand) {
      const auto found = values_.find(operand);
      if (found != values_.end() && found->second.fluctuation.valid()) derived.fluctuation = found->second.fluctuation;
    });
  }

  /// `over` without and with only the dimensions along which both factors are constant: a value that became the same
  /// constant for every index does not carry the index.
  [[nodiscard]] std::pair<std::vector<DimId>, std::vector<DimId>> split(const std::vector<DimId>& over, ValueId lhs,
                                                                        ValueId rhs) const {
    std::vector<DimId> dims = builder_.type(lhs).dims;
    if (rhs.valid()) dims = ir::union_dims(dims, builder_.type(rhs).dims);
    const std::vector<DimId> constant = ir::without_dims(over, dims);
    return {ir::without_dims(over, constant), constant};
  }
  /// The sum of equal terms over these dimensions.
  ValueId repeated(const std::vector<DimId>& dims, ValueId term) {
    for (DimId dim : dims) term = builder_.mul(builder_.insert(ir::DimSize{dim}), term);
    return term;
  }

  /// The same where 0 means something: a class index.
  ValueId zero_or_order_one(ValueId id, const std::string& what) {
    if (!values_.at(id).is_zero()) return order_one(id, what);
    return zeros(source_.type(id).dims);
  }
  ValueId order_one(ValueId id, const std::string& what) {
    const ScaledValue& derived = values_.at(id);
    if (derived.exponent != Exponent(0)) {
      throw NoLimit{what + " has exponent " + derived.exponent.str() + ", not 0"};
    }
    return materialize(derived);
  }

  /// Updates of states that vanish are named once, by state (derive_limit.cpp); this is for other sums.
  void note_dropped(ValueId dropped, const Exponent& its, const Exponent& kept) {
    if (!its.finite() || source_.key != ir::FunctionRole::predict) return;
    const std::string& name = source_.at(dropped).name;
    if (name.empty()) return;
    target_.vanishing.push_back({"term " + name, its.rational() - kept.rational(), source_.at(dropped).span});
  }

  const tp::Module& module_;
  const tp::Function& source_;
  const std::vector<Exponent>* initial_exponents_;
  ValueId current_;
  /// Of the current instruction: whether its own rule said which operands the result depends on.
  bool chooses_operands_ = false;
  std::unordered_map<ValueId, ScaledValue> values_;
  std::unordered_map<ValueId, MatrixForm> matrices_;
};

}  // namespace

std::optional<LimitFailure> derive_function(const ir::tp::Module& module, const ir::tp::Function& source,
                                            const std::vector<StateLimit>& states, ir::limit::Module& target,
                                            const std::vector<ir::Exponent>* initial_exponents) {
  limit::Function result;
  result.key = source.key;
  FunctionDeriver deriver(module, source, states, initial_exponents, target, result);
  try {
    for (size_t i = 0; i < source.body.size(); ++i) deriver.derive(ValueId(i));
    for (const ir::Result& wanted : source.results) {
      ValueId value = deriver.result(wanted);
      result.results.push_back({wanted.name, value});
    }
  } catch (const NoLimit& failure) {
    return LimitFailure{failure.message, deriver.span()};
  }
  target.functions.push_back(std::move(result));
  return std::nullopt;
}

}  // namespace tpc::passes
