// Lowered programs, run by the interpreter at finite width, against the same formulas written out by hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "evaluation/interpreter/interpreter.h"
#include "frontend/lowering/lower.h"
#include "frontend_support.h"
#include "ir/tp/criterion.h"

namespace tpc::test {
namespace {

using Vector = std::vector<double>;

constexpr int64_t width = 7;
constexpr uint64_t seed = 20240611;

/// A lowered program with its initial weights.
struct Network {
  explicit Network(const std::string& text, const std::string& parametrization = "mup")
      : program(accept(text, {.parametrization = parametrization, .values = {}})),
        module(lowering::lower(program)),
        interpreter(module, width, seed) {}

  /// Entry (row, column) of W = n^{-a} w as the user's shape has it; `columns` entries a row, the width among them.
  [[nodiscard]] Vector weight(const std::string& name) const {
    for (size_t i = 0; i < module.states.size(); ++i) {
      if (module.states[i].name != name) continue;
      Vector values = interpreter.state(ir::StateId(i));
      for (double& value : values) value *= std::pow(width, -module.states[i].a.value());
      return values;
    }
    FAIL("no weight " << name);
    return {};
  }

  Vector run(const std::string& function, const std::string& result, int64_t count,
             std::map<std::string, Vector> fields) {
    return interpreter.run(ir::FunctionKey(function), {count, std::move(fields)}).at(result);
  }

  sema::Program program;
  ir::tp::Module module;
  tpc::evaluation::Interpreter interpreter;
};

void check_close(const Vector& found, const Vector& expected) {
  CAPTURE(seed);
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < found.size(); ++i) CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-12));
}

/// sum_i matrix(i, column) over a row-major [rows, columns] matrix times x of size rows.
double column_product(const Vector& matrix, int64_t columns, int64_t column, const Vector& x) {
  double sum = 0.0;
  for (size_t i = 0; i < x.size(); ++i)
    sum += matrix[i * static_cast<size_t>(columns) + static_cast<size_t>(column)] * x[i];
  return sum;
}

double row_product(const Vector& matrix, size_t row, const Vector& x) {
  double sum = 0.0;
  for (size_t j = 0; j < x.size(); ++j) sum += matrix[row * x.size() + j] * x[j];
  return sum;
}

Vector each(size_t size, const std::function<double(size_t)>& entry) {
  Vector values(size);
  for (size_t i = 0; i < size; ++i) values[i] = entry(i);
  return values;
}

double swish(double u) { return u / (1.0 + std::exp(-u)); }

/// base_program by hand: states of [n, d] are stored [d, n].
Vector base_features(const Network& network, const Vector& x) {
  const Vector u = network.weight("U"), b = network.weight("b"), w = network.weight("W");
  const Vector z1 =
      each(width, [&](size_t i) { return std::tanh(column_product(u, width, static_cast<int64_t>(i), x) + b[i]); });
  return each(width, [&](size_t i) { return swish(row_product(w, i, z1)); });
}

const Vector inputs = {1.0, 0.3, -0.4, 0.8, 0.2, -0.9};

TEST_CASE("predict, loss and gram of the base program, in every parametrization") {
  const std::string text = varied("init zero", "init normal(std = 0.7)");
  for (const char* parametrization : {"sp", "ntp", "mup"}) {
    CAPTURE(parametrization);
    Network network(text, parametrization);
    const Vector v = network.weight("V");
    Vector outputs, features[3];
    for (size_t example = 0; example < 3; ++example) {
      features[example] = base_features(network, {inputs[2 * example], inputs[2 * example + 1]});
      outputs.push_back(row_product(v, 0, features[example]));
    }
    check_close(network.run("predict", "output", 3, {{"x", inputs}}), outputs);

    const Vector targets = {1.0, -1.0, 0.5};
    double loss = 0.0;
    for (size_t i = 0; i < 3; ++i) loss += 0.5 * std::pow(outputs[i] - targets[i], 2) / 3.0;
    check_close(network.run("loss", "loss", 3, {{"x", inputs}, {"y", targets}}), {loss});

    Vector gram;
    for (const Vector& left : features) {
      for (const Vector& right : features) gram.push_back(row_product(left, 0, right) / width);
    }
    check_close(network.run("observe_0", "value", 3, {{"x", inputs}}), gram);
  }
}

/// A model with inputs x : [d], k outputs and one of everything to build from.
std::string model_returning(const std::string& shape, const std::string& expression) {
  return "model m\nwidth n\ndim d = 2\ndim k = 2\nparam U : [n, d] init normal(std = 1)\n"
         "param W : [n, n] init normal(std = 1)\nparam V : [k, n] init normal(std = 1)\n"
         "param v : [n] init normal(std = 1)\nparam C : [k, k] init normal(std = 1)\n"
         "param g : [k] init normal(std = 1)\ndef net(x : [d])" +
         shape + " {\n  h = U @ x\n  return " + expression + "\n}\n";
}

struct Weights {
  Vector u, w, out, v, c, g, h;  ///< h = U x for one example
};

/// The outputs of `expression` for three examples against `by_hand`, which gives those of one.
void check_network(const std::string& shape, const std::string& expression,
                   const std::function<Vector(const Weights&)>& by_hand) {
  CAPTURE(expression);
  Network network(model_returning(shape, expression), "ntp");
  Weights weights{network.weight("U"),
                  network.weight("W"),
                  network.weight("V"),
                  network.weight("v"),
                  network.weight("C"),
                  network.weight("g"),
                  {}};
  Vector expected;
  for (size_t example = 0; example < 3; ++example) {
    const Vector x = {inputs[2 * example], inputs[2 * example + 1]};
    weights.h = each(width, [&](size_t i) { return column_product(weights.u, width, static_cast<int64_t>(i), x); });
    const Vector outputs = by_hand(weights);
    expected.insert(expected.end(), outputs.begin(), outputs.end());
  }
  check_close(network.run("predict", "output", 3, {{"x", inputs}}), expected);
}

Vector readout(const Weights& weights) {
  return {row_product(weights.out, 0, weights.h), row_product(weights.out, 1, weights.h)};
}

double mean_of(const Vector& a) {
  double sum = 0.0;
  for (double value : a) sum += value;
  return sum / static_cast<double>(a.size());
}

TEST_CASE("contractions, transposes and repeated dimensions") {
  check_network(" -> [k]", "V @ h", readout);
  check_network(" -> [k]", "V @ (W.T @ h)", [](const Weights& p) {
    const Vector z = each(width, [&](size_t i) { return column_product(p.w, width, static_cast<int64_t>(i), p.h); });
    return Vector{row_product(p.out, 0, z), row_product(p.out, 1, z)};
  });
  check_network(" -> [k]", "(V @ W.T) @ h", [](const Weights& p) {
    const Vector z = each(width, [&](size_t i) { return column_product(p.w, width, static_cast<int64_t>(i), p.h); });
    return Vector{row_product(p.out, 0, z), row_product(p.out, 1, z)};
  });
  check_network(" -> [k]", "C @ (V @ h)", [](const Weights& p) {
    const Vector f = readout(p);
    return Vector{row_product(p.c, 0, f), row_product(p.c, 1, f)};
  });
  check_network(" -> [k]", "C.T @ (V @ h)", [](const Weights& p) {
    const Vector f = readout(p);
    return Vector{column_product(p.c, 2, 0, f), column_product(p.c, 2, 1, f)};
  });
  check_network(" -> [k]", "(C + C.T) @ (C @ (V @ h))", [](const Weights& p) {
    const Vector f = readout(p);
    const Vector z = {row_product(p.c, 0, f), row_product(p.c, 1, f)};
    return Vector{row_product(p.c, 0, z) + column_product(p.c, 2, 0, z),
                  row_product(p.c, 1, z) + column_product(p.c, 2, 1, z)};
  });
  check_network(" -> [k]", "(V @ V.T) @ g + V @ h", [](const Weights& p) {
    const Vector f = readout(p);
    Vector result;
    for (size_t row = 0; row < 2; ++row) {
      double sum = f[row];
      for (size_t column = 0; column < 2; ++column) {
        for (size_t i = 0; i < width; ++i) sum += p.out[row * width + i] * p.out[column * width + i] * p.g[column];
      }
      result.push_back(sum);
    }
    return result;
  });
}

/// W z, or W^T z.
Vector hidden(const Weights& p, const Vector& z, bool transposed = false) {
  return each(width, [&](size_t i) {
    return transposed ? column_product(p.w, width, static_cast<int64_t>(i), z) : row_product(p.w, i, z);
  });
}
Vector combined(double a, const Vector& x, double b, const Vector& y) {
  return each(x.size(), [&](size_t i) { return a * x[i] + b * y[i]; });
}

TEST_CASE("matrices are linear maps: sums, multiples, products and transposes") {
  auto check = [](const std::string& expression, const std::function<Vector(const Weights&)>& by_hand) {
    check_network(" -> [k]", "V @ (" + expression + ")", [&](const Weights& p) {
      const Vector z = by_hand(p);
      return Vector{row_product(p.out, 0, z), row_product(p.out, 1, z)};
    });
  };
  auto antisymmetric = [](const Weights& p, const Vector& z) {
    return combined(1, hidden(p, z), -1, hidden(p, z, true));
  };
  // U U^T z
  auto gram = [](const Weights& p, const Vector& z) {
    Vector result(width, 0.0);
    for (size_t column = 0; column < 2; ++column) {
      double sum = 0.0;
      for (size_t i = 0; i < width; ++i) sum += p.u[column * width + i] * z[i];
      for (size_t i = 0; i < width; ++i) result[i] += p.u[column * width + i] * sum;
    }
    return result;
  };
  check("(2 * W) @ h", [](const Weights& p) { return combined(2, hidden(p, p.h), 0, p.h); });
  check("2 * W @ h", [](const Weights& p) { return combined(2, hidden(p, p.h), 0, p.h); });
  check("(-W / 4) @ h", [](const Weights& p) { return combined(-0.25, hidden(p, p.h), 0, p.h); });
  check("(mean(h) * W) @ h", [](const Weights& p) { return combined(mean_of(p.h), hidden(p, p.h), 0, p.h); });
  check("(W - W.T) @ h", [&](const Weights& p) { return antisymmetric(p, p.h); });
  check("(W - W.T).T @ h", [&](const Weights& p) { return combined(-1, antisymmetric(p, p.h), 0, p.h); });
  check("h @ (W - W.T)", [&](const Weights& p) { return combined(-1, antisymmetric(p, p.h), 0, p.h); });
  check("(W @ W) @ h", [](const Weights& p) { return hidden(p, hidden(p, p.h)); });
  check("(W @ W.T).T.T @ h", [](const Weights& p) { return hidden(p, hidden(p, p.h, true)); });
  check("(2 * W @ (W - W.T)).T @ h",
        [&](const Weights& p) { return combined(-2, antisymmetric(p, hidden(p, p.h, true)), 0, p.h); });
  check("h @ (2 * W @ (W - W.T))",
        [&](const Weights& p) { return combined(-2, antisymmetric(p, hidden(p, p.h, true)), 0, p.h); });
  check("(U @ U.T - W) @ h", [&](const Weights& p) { return combined(1, gram(p, p.h), -1, hidden(p, p.h)); });
  check("((W + W.T) @ U) @ x", [](const Weights& p) { return combined(1, hidden(p, p.h), 1, hidden(p, p.h, true)); });
  check_network(" -> [k]", "(V @ (W @ W)) @ h", [](const Weights& p) {
    const Vector z = hidden(p, hidden(p, p.h));
    return Vector{row_product(p.out, 0, z), row_product(p.out, 1, z)};
  });
}

TEST_CASE("columns, parts of several dimensions, concat") {
  check_network(" -> [k]", "V @ (U[:, 2] * x[2] + U.T[1] * x[1])", readout);
  check_network("", "C[1, 2] + C[:, 1][2] + (C @ g)[2] + 0 * x[1]",
                [](const Weights& p) { return Vector{p.c[1] + p.c[2] + p.c[2] * p.g[0] + p.c[3] * p.g[1]}; });
  check_network(" -> [k]", "concat(g[2], V[1] @ h) + concat(V[2, :] @ h, g[1])", [](const Weights& p) {
    const Vector f = readout(p);
    return Vector{p.g[1] + f[1], f[0] + p.g[0]};
  });
  check_network(" -> [k]", "V @ (concat(U.T, U.T[1..1])[3] + concat(U.T, U.T)[4] + h)", [](const Weights& p) {
    const Vector z = each(width, [&](size_t i) { return p.u[i] + p.u[width + i] + p.h[i]; });
    return Vector{row_product(p.out, 0, z), row_product(p.out, 1, z)};
  });
}

TEST_CASE("finite parameters on either side of data: the batch stays the first dimension") {
  check_network(" -> [k]", "g + V @ h", [](const Weights& p) {
    const Vector f = readout(p);
    return Vector{p.g[0] + f[0], p.g[1] + f[1]};
  });
  check_network(" -> [k]", "g - V @ h", [](const Weights& p) {
    const Vector f = readout(p);
    return Vector{p.g[0] - f[0], p.g[1] - f[1]};
  });
  check_network(" -> [k]", "g / (V @ h)", [](const Weights& p) {
    const Vector f = readout(p);
    return Vector{p.g[0] / f[0], p.g[1] / f[1]};
  });
}

TEST_CASE("averages over the width and scalar outputs") {
  check_network("", "dot(v, h)", [](const Weights& p) {
    return Vector{mean_of(each(width, [&](size_t i) { return p.v[i] * p.h[i]; }))};
  });
  check_network("", "mean(h * h) * 2", [](const Weights& p) {
    return Vector{2.0 * mean_of(each(width, [&](size_t i) { return p.h[i] * p.h[i]; }))};
  });
  check_network("", "v @ h", [](const Weights& p) { return Vector{row_product(p.v, 0, p.h)}; });
  check_network(" -> [k]", "mean(v) * (V @ (h - mean(h)))", [](const Weights& p) {
    const Vector z = each(width, [&](size_t i) { return p.h[i] - mean_of(p.h); });
    return Vector{mean_of(p.v) * row_product(p.out, 0, z), mean_of(p.v) * row_product(p.out, 1, z)};
  });
}

TEST_CASE("the nonlinearities of the language") {
  const std::map<std::string, std::function<double(double)>> functions = {
      {"identity(h)", [](double u) { return u; }},
      {"relu(h)", [](double u) { return u > 0 ? u : 0.0; }},
      {"leaky_relu(h, 0.2)", [](double u) { return u > 0 ? u : 0.2 * u; }},
      {"abs(h)", [](double u) { return std::abs(u); }},
      {"tanh(h)", [](double u) { return std::tanh(u); }},
      {"sigmoid(h)", [](double u) { return 1.0 / (1.0 + std::exp(-u)); }},
      {"softplus(h)", [](double u) { return std::log1p(std::exp(u)); }},
      {"silu(h)", swish},
      {"gelu(h)", [](double u) { return 0.5 * u * std::erfc(-u / std::sqrt(2.0)); }},
      {"erf(h)", [](double u) { return std::erf(u); }},
      {"sin(h)", [](double u) { return std::sin(u); }},
      {"cos(h)", [](double u) { return std::cos(u); }},
      {"exp(h)", [](double u) { return std::exp(u); }},
      {"log(square(h) + 0.5)", [](double u) { return std::log(u * u + 0.5); }},
      {"max(h, 0.3)", [](double u) { return std::max(u, 0.3); }},
      {"max(-0.3, h)", [](double u) { return std::max(u, -0.3); }},
      {"max(h, square(h))", [](double u) { return std::max(u, u * u); }},
      {"min(h, 0.3)", [](double u) { return std::min(u, 0.3); }},
      {"min(0.3, max(h, -0.2))", [](double u) { return std::clamp(u, -0.2, 0.3); }},
      {"min(h, square(h))", [](double u) { return std::min(u, u * u); }},
      {"(zeros(n) + h)", [](double u) { return u; }},
      {"(h - cos(zeros(n)))", [](double u) { return u - 1.0; }},
      {"square(h)", [](double u) { return u * u; }},
      {"sqrt(square(h) + 1)", [](double u) { return std::sqrt(u * u + 1.0); }},
      {"sign(h)", [](double u) { return u > 0 ? 1.0 : -1.0; }},
      {"step(h)", [](double u) { return u > 0 ? 1.0 : 0.0; }},
      {"(h ^ 3 - h ^ -2 / 4)", [](double u) { return u * u * u - 0.25 / (u * u); }},
  };
  for (const auto& [expression, function] : functions) {
    check_network("", "dot(v, " + expression + ")", [&](const Weights& p) {
      return Vector{mean_of(each(width, [&](size_t i) { return p.v[i] * function(p.h[i]); }))};
    });
  }
}

TEST_CASE("losses: class indices, probability rows, and numbers for a scalar output") {
  const std::string data = "data train : x[d], y";
  const std::string rows = " {\n  1 2 0\n}\n";
  const std::string rest = "train {\n  data = train\n  optimizer = sgd(lr = 1)\n  steps = 1\n  loss = ";
  Network classes(model_returning(" -> [k]", "V @ h") + data + rows + rest + "cross_entropy(net(x), y)\n}\n");
  const Vector f = classes.run("predict", "output", 3, {{"x", inputs}});
  const Vector labels = {1.0, 0.0, 1.0};
  double expected = 0.0;
  for (size_t i = 0; i < 3; ++i) {
    const double normalisation = std::log(std::exp(f[2 * i]) + std::exp(f[2 * i + 1]));
    expected += (normalisation - f[2 * i + static_cast<size_t>(labels[i])]) / 3.0;
  }
  check_close(classes.run("loss", "loss", 3, {{"x", inputs}, {"y", labels}}), {expected});
  // The same from the outputs.
  const std::map<std::string, Vector> fields = {{ir::tp::criterion_output, f}, {"y", labels}};
  const Vector losses = classes.run("criterion", "losses", 3, fields);
  REQUIRE(losses.size() == 3);
  check_close({(losses[0] + losses[1] + losses[2]) / 3.0}, {expected});

  Network rows_network(model_returning(" -> [k]", "V @ h") + data + "[k] {\n  1 2 0 1\n}\n" + rest +
                       "cross_entropy(net(x), y)\n}\n");
  check_close(rows_network.run("loss", "loss", 3, {{"x", inputs}, {"y", {0, 1, 1, 0, 0, 1}}}), {expected});

  Network scalar(model_returning("", "dot(v, h)") + data + rows + rest + "mse(net(x), y)\n}\n");
  const Vector g = scalar.run("predict", "output", 3, {{"x", inputs}});
  expected = 0.0;
  for (size_t i = 0; i < 3; ++i) expected += 0.5 * std::pow(g[i] - labels[i], 2) / 3.0;
  check_close(scalar.run("loss", "loss", 3, {{"x", inputs}, {"y", labels}}), {expected});
}

TEST_CASE("the loss is an expression") {
  const std::string data = "data train : x[d], y[k], c {\n  1 2 0 1 1\n}\n";
  auto network = [&](const std::string& loss) {
    return Network(model_returning(" -> [k]", "V @ h") +
                       "def other(x : [d]) -> [k] { return C @ (V @ (W @ (U @ x))) }\n" + data +
                       "train {\n  data = train\n  optimizer = sgd(lr = 1)\n  steps = 1\n  loss = " + loss + "\n}\n",
                   "ntp");
  };
  const Vector y = {0.3, -1.0, 0.5, 0.1, 0.2, 0.9}, labels = {1.0, 0.0, 1.0};
  auto squared = [&](const Vector& f) {
    double sum = 0.0;
    for (size_t i = 0; i < f.size(); ++i) sum += 0.5 * std::pow(f[i] - y[i], 2) / 3.0;
    return sum;
  };
  auto entropy = [&](const Vector& f) {
    double sum = 0.0;
    for (size_t i = 0; i < 3; ++i) {
      sum += std::log(std::exp(f[2 * i]) + std::exp(f[2 * i + 1])) - f[2 * i + static_cast<size_t>(labels[i])];
    }
    return sum / 3.0;
  };
  auto check_loss = [&](const std::string& loss, bool of_output_alone, const std::function<double(Network&)>& by_hand) {
    CAPTURE(loss);
    Network net = network(loss);
    const std::map<std::string, Vector> fields = {{"x", inputs}, {"y", y}, {"c", labels}};
    check_close(net.run("loss", "loss", 3, fields), {by_hand(net)});
    const bool has_criterion = net.module.find(ir::FunctionRole::criterion) != nullptr;
    CHECK(has_criterion == of_output_alone);
    if (!has_criterion) return;
    std::map<std::string, Vector> given = fields;
    given[ir::tp::criterion_output] = net.run("predict", "output", 3, {{"x", inputs}});
    const Vector losses = net.run("criterion", "losses", 3, given);
    check_close({mean_of(losses)}, {by_hand(net)});
  };
  auto outputs = [](Network& net) { return net.run("predict", "output", 3, {{"x", inputs}}); };
  check_loss("cross_entropy(net(x), c) + 0.1 * mse(net(x), y)", true,
             [&](Network& net) { return entropy(outputs(net)) + 0.1 * squared(outputs(net)); });
  check_loss("(mse(net(x), y) - 0.2 * sum(net(x) ^ 2)) / 2", true, [&](Network& net) {
    double sum = squared(outputs(net));
    for (double f : outputs(net)) sum -= 0.2 * f * f / 3.0;
    return sum / 2.0;
  });
  auto features = [](Network& net) {  // of all examples
    Vector h;
    for (size_t i = 0; i < 3; ++i) {
      const Vector of_one = each(width, [&](size_t j) {
        return column_product(net.weight("U"), width, static_cast<int64_t>(j), {inputs[2 * i], inputs[2 * i + 1]});
      });
      h.insert(h.end(), of_one.begin(), of_one.end());
    }
    return h;
  };
  check_loss("mse(net(x), y) + 0.5 * mean(h * h) + mean(v * v)", false, [&](Network& net) {
    double penalty = 0.0;
    for (double h : features(net)) penalty += 0.5 * h * h / width / 3.0;
    for (double v : net.weight("v")) penalty += v * v / width;
    return squared(outputs(net)) + penalty;
  });
  check_loss("mse(net(x), y) + cross_entropy(other(x), c)", false, [&](Network& net) {
    const Vector h = features(net), c = net.weight("C"), w = net.weight("W"), v = net.weight("V");
    Vector other;
    for (size_t example = 0; example < 3; ++example) {
      const auto begin = h.begin() + static_cast<std::ptrdiff_t>(example * width);
      const Vector of_one(begin, begin + width);
      const Vector z = each(width, [&](size_t i) { return row_product(w, i, of_one); });
      const Vector f = {row_product(v, 0, z), row_product(v, 1, z)};
      other.push_back(row_product(c, 0, f));
      other.push_back(row_product(c, 1, f));
    }
    return squared(outputs(net)) + entropy(other);
  });
}

TEST_CASE("a scalar output in several terms of the loss") {
  Network net(model_returning("", "dot(v, h)") + "data train : x[d], y {\n  1 2 0\n}\n" +
              "train {\n  data = train\n  optimizer = sgd(lr = 1)\n  steps = 1\n"
              "  loss = mse(net(x), y) + 0.5 * abs(net(x))\n}\n");
  const Vector f = net.run("predict", "output", 3, {{"x", inputs}}), y = {1.0, 0.5, -1.0};
  double expected = 0.0;
  for (size_t i = 0; i < 3; ++i) expected += (0.5 * std::pow(f[i] - y[i], 2) + 0.5 * std::abs(f[i])) / 3.0;
  check_close(net.run("loss", "loss", 3, {{"x", inputs}, {"y", y}}), {expected});
  check_close({mean_of(net.run("criterion", "losses", 3, {{ir::tp::criterion_output, f}, {"y", y}}))}, {expected});
}

TEST_CASE("types: the batch comes first, names and places are the user's") {
  const ir::tp::Module module = lowering::lower(accept(base_program));
  CHECK(ir::tp::verify(module).empty());
  const ir::tp::Function& predict = *module.find(ir::FunctionRole::predict);
  CHECK(module.find(ir::FunctionRole::loss) != nullptr);
  CHECK(module.find({ir::FunctionRole::observe, 0}) != nullptr);
  std::string names;
  for (const auto& instruction : predict.body) {
    if (instruction.name.empty()) continue;
    names += instruction.name + " ";
    if (instruction.name != "z2") continue;
    const Span span = instruction.span;
    CHECK(base_program.substr(span.begin, span.end - span.begin) == "swish(W @ z1)");
  }
  CHECK(names == "x U x z1 W z1 z2 net ");
  const ir::Type output = predict.type(predict.result("output"));
  REQUIRE(output.dims.size() == 2);
  CHECK(module.dim(output.dims[0]) == ir::Dimension{"B", std::nullopt});
  CHECK(module.dim(output.dims[1]) == ir::Dimension{"k", 1});
  REQUIRE(module.states.size() == 4);
  CHECK(module.states[1].name == "W");
  CHECK(module.states[1].role == ir::Role::hidden);
  CHECK(module.states[1].type.kind == ir::Kind::matrix);
}

TEST_CASE("a user's dimension may be called B") {
  std::string text = model_returning(" -> [k]", "V @ h");
  for (size_t place = text.find("d]"); place != std::string::npos; place = text.find("d]")) text.replace(place, 1, "B");
  text.replace(text.find("dim d"), 5, "dim B");
  const ir::tp::Module module = lowering::lower(accept(text, {.parametrization = "sp", .values = {}}));
  CHECK(module.dims[0].name == "B");
  CHECK(module.dims[2].name == "BB");
}

}  // namespace
}  // namespace tpc::test
