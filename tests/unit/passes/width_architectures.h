/// \file Networks the theorem about MLPs does not speak of, for the tests of the width analysis.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/passes/width_networks.h"

namespace tpc::testing {

using Forward = std::function<ValueId(Network&, ValueId)>;

/// U, W, V.
inline std::vector<State> three_weights(const Parametrization& p) {
  return {make_state("U", Role::input, p.input), make_state("W", Role::hidden, p.hidden),
          make_state("V", Role::output, p.output)};
}

inline ValueId residual(Network& n, ValueId x) {
  ValueId z = n.named("z1", n.embed(0, x));
  for (int block = 2; block <= 3; ++block) {
    ValueId branch = n.apply(Primitive::Tanh, n.matmul(1, z));
    z = n.named("z" + std::to_string(block), n.builder().add(z, branch));
  }
  return n.readout(2, z);
}

/// The same W forward and as W^T.
inline ValueId tied(Network& n, ValueId x) {
  ValueId z = n.apply(Primitive::Tanh, n.embed(0, x), "z1");
  z = n.apply(Primitive::Tanh, n.matmul(1, z), "z2");
  z = n.apply(Primitive::Tanh, n.matmul(1, z, true), "z3");
  return n.readout(2, z);
}

/// LN(h) = (h - mean h) / sqrt(mean((h - mean h)^2) + eps).
inline ValueId layernorm(Network& n, ValueId h) {
  auto& b = n.builder();
  ValueId centred = b.sub(h, n.mean(h));
  ValueId variance = n.mean(b.map(Primitive::Pow, {centred}, 2));
  return b.div(centred, b.map(Primitive::Sqrt, {b.add(variance, b.constant(1e-5))}));
}

inline ValueId normalised(Network& n, ValueId x) {
  ValueId z = n.apply(Primitive::Relu, layernorm(n, n.embed(0, x)));
  z = n.apply(Primitive::Relu, layernorm(n, n.matmul(1, z)));
  return n.readout(2, z);
}

/// The same W at every step, two tokens x and x^2.
inline ValueId recurrent(Network& n, ValueId x) {
  auto& b = n.builder();
  ValueId z = n.apply(Primitive::Tanh, n.embed(0, x));
  for (int token = 2; token <= 3; ++token) {
    z = n.apply(Primitive::Tanh, b.add(n.matmul(1, z), n.embed(0, b.mul(x, x))), "z" + std::to_string(token));
  }
  return n.readout(2, z);
}

/// U, Q, K, P, V.
inline std::vector<State> attention_weights(const Parametrization& p) {
  return {make_state("U", Role::input, p.input), make_state("Q", Role::hidden, p.hidden),
          make_state("K", Role::hidden, p.hidden), make_state("P", Role::hidden, p.hidden),
          make_state("V", Role::output, p.output)};
}

/// o = e_2 + sum_i softmax_i(mean(Q e_2 * K e_i)) P e_i over two tokens, f = V tanh(o).
inline ValueId attention(Network& n, ValueId x) {
  auto& b = n.builder();
  ValueId tokens[] = {n.embed(0, x), n.embed(0, b.map(Primitive::Pow, {x}, 2))};
  ValueId query = n.named("q", n.matmul(1, tokens[1]));
  ValueId total, output = tokens[1];
  std::vector<ValueId> weights;
  for (ValueId token : tokens) {
    ValueId weight = n.apply(Primitive::Exp, n.mean(b.mul(query, n.matmul(2, token))));
    weights.push_back(weight);
    total = total.valid() ? b.add(total, weight) : weight;
  }
  for (size_t i = 0; i < weights.size(); ++i) {
    output = b.add(output, b.mul(b.div(weights[i], total), n.matmul(3, tokens[i])));
  }
  return n.readout(4, n.apply(Primitive::Tanh, output, "o"));
}

}  // namespace tpc::testing
