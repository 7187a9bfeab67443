/// \file Training programs for the tests of the width analysis: a forward function, differentiated and updated by SGD.
#pragma once

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "frontend/lowering/losses.h"
#include "ir/tp/criterion.h"
#include "ir/tp/ir.h"
#include "passes/autodiff/autodiff.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"
#include "passes/update/update.h"

namespace tpc::testing {

namespace tp = ir::tp;
using ir::DimId;
using ir::Init;
using ir::InitKind;
using ir::Kind;
using ir::Primitive;
using ir::Rational;
using ir::Role;
using ir::State;
using ir::StateId;
using ir::ValueId;

inline const DimId batch_dim(0), input_dim(1), output_dim(2);
inline const Init gaussian{InitKind::gaussian, 1.3};

/// The exponents of one weight.
struct Abc {
  Rational a, b, c;
};

inline State make_state(std::string name, Role role, const Abc& abc, Init init = gaussian) {
  State state;
  state.name = std::move(name);
  state.role = role;
  state.init = init;
  state.type.kind = role == Role::hidden ? Kind::matrix : role == Role::finite ? Kind::scalar : Kind::vector;
  if (role == Role::input) state.type.dims = {input_dim};
  if (role == Role::output || role == Role::finite) state.type.dims = {output_dim};
  state.a = abc.a, state.b = abc.b, state.c = abc.c;
  return state;
}

/// Builds forward functions: every member adds the instructions of one expression of the language.
class Network {
 public:
  explicit Network(tp::Builder& builder) : builder_(builder) {}

  tp::Builder& builder() { return builder_; }
  ValueId input() { return named("x", builder_.input("x", {batch_dim, input_dim})); }
  /// W = n^{-a} w.
  ValueId weight(size_t state) {
    ValueId w = builder_.read(StateId(state));
    return builder_.mul(builder_.insert(tp::WidthPower{-builder_.module().states[state].a}), w);
  }
  ValueId embed(size_t state, ValueId x) { return builder_.contract(weight(state), x, {input_dim}); }
  ValueId matmul(size_t state, ValueId z, bool transposed = false) {
    return builder_.insert(tp::Matmul{weight(state), z, transposed});
  }
  ValueId readout(size_t state, ValueId z) { return builder_.insert(tp::Moment{weight(state), z, {}}); }
  ValueId mean(ValueId z) {
    return builder_.mul(builder_.insert(tp::WidthPower{-1}), builder_.insert(tp::Moment{z, {}, {}}));
  }
  ValueId apply(Primitive primitive, ValueId z, std::string name = {}) {
    builder_.name_next(std::move(name));
    return builder_.map(primitive, {z});
  }
  ValueId named(const std::string& name, ValueId id) {
    builder_.function().body[id.index].name = name;
    return id;
  }

 private:
  tp::Builder& builder_;
};

inline ValueId losses_at(tp::Builder& builder, sema::Loss loss, ValueId output) {
  return lowering::example_losses(builder, loss, output, builder.input("y", {batch_dim, output_dim}), output_dim);
}

/// A network f(x) and its loss, as lowering makes them: predict, loss, criterion.
inline tp::Module forward_program(std::vector<State> states, const std::function<ValueId(Network&, ValueId)>& forward,
                                  sema::Loss loss = sema::Loss::mse) {
  tp::Module module;
  module.name = "test";
  module.dims = {{"B", std::nullopt}, {"d", 2}, {"k", 1}};
  module.states = std::move(states);
  for (const ir::FunctionRole role : {ir::FunctionRole::predict, ir::FunctionRole::loss}) {
    tp::Function function;
    function.key = role;
    tp::Builder builder(module, function);
    Network network(builder);
    ValueId output = forward(network, network.input());
    function.results = {{"output", output}};
    if (role == ir::FunctionRole::loss) {
      const ValueId sum = builder.contract(losses_at(builder, loss, output), {}, {batch_dim});
      function.results = {{"loss", builder.div(sum, builder.insert(ir::DimSize{batch_dim}))}};
    }
    module.functions.push_back(std::move(function));
  }
  tp::Function criterion{ir::FunctionRole::criterion, {}, {}};
  tp::Builder builder(module, criterion);
  const ValueId output = builder.input(tp::criterion_output, {batch_dim, output_dim});
  criterion.results = {{"losses", losses_at(builder, loss, output)}};
  module.functions.push_back(std::move(criterion));
  return module;
}

/// The whole training program: predict, loss, step.
inline tp::Module training_program(std::vector<State> states,
                                   const std::function<ValueId(Network&, ValueId)>& forward) {
  tp::Module module = forward_program(std::move(states), forward);
  passes::add_gradient(module);
  passes::add_sgd_step(module, ir::SgdSettings::constant(0.05));
  return module;
}

/// The same by the compiler's own road: differentiated, updated and cleaned up.
inline tp::Module compiled(tp::Module forward) {
  passes::AnyModule module = std::move(forward);
  passes::PassOptions options;
  options.optimizer = ir::SgdSettings::constant(0.05);
  std::ostringstream unused;
  TPC_CHECK(passes::run_passes(module, passes::step_pipeline(), options, unused).empty(), "the pipeline failed");
  return std::get<tp::Module>(std::move(module));
}

/// Rows of a named parametrization (math.md section 1).
struct Parametrization {
  Abc input, hidden, output;
};
inline Parametrization mup() { return {{{-1, 2}, {1, 2}, 0}, {0, {1, 2}, 0}, {{1, 2}, {1, 2}, 0}}; }
inline Parametrization ntp() { return {{0, 0, 0}, {{1, 2}, 0, 0}, {{1, 2}, 0, 0}}; }
inline Parametrization sp(const Rational& c) { return {{0, 0, c}, {0, {1, 2}, c}, {0, {1, 2}, c}}; }
inline Parametrization mfp() { return {{0, 0, -1}, {0, 0, -1}, {1, 0, -1}}; }

/// f = W^{L+1} phi(W^L ... phi(W^1 xi)), weights in order; `abc` has L + 1 entries. Forward part only.
inline tp::Module mlp(const std::vector<Abc>& abc, const std::function<ValueId(Network&, ValueId)>& nonlinearity,
                      sema::Loss loss = sema::Loss::mse) {
  const size_t depth = abc.size() - 1;
  std::vector<State> states;
  for (size_t i = 0; i <= depth; ++i) {
    Role role = i == 0 ? Role::input : i == depth ? Role::output : Role::hidden;
    states.push_back(make_state("W" + std::to_string(i + 1), role, abc[i]));
  }
  auto forward = [&](Network& network, ValueId x) {
    for (size_t l = 0; l < depth; ++l) {
      ValueId h = l == 0 ? network.embed(0, x) : network.matmul(l, x);
      network.named("h" + std::to_string(l + 1), h);
      x = nonlinearity(network, h);
      if (x != h) network.named("x" + std::to_string(l + 1), x);
    }
    return network.named("f", network.readout(depth, x));
  };
  return forward_program(std::move(states), forward, loss);
}

inline std::vector<Abc> mlp_weights(const Parametrization& p, size_t depth) {
  std::vector<Abc> abc(depth + 1, p.hidden);
  abc.front() = p.input;
  abc.back() = p.output;
  return abc;
}

inline auto pointwise(Primitive primitive) {
  return [primitive](Network& network, ValueId h) { return network.apply(primitive, h); };
}

}  // namespace tpc::testing
