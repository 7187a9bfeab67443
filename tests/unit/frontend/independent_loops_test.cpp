// Loops whose iterations are independent are dimensions: the same numbers as where each iteration is written out, in a
// program whose size does not depend on how many there are. Loops that are not stay what they were.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "evaluation/interpreter/interpreter.h"
#include "frontend/lowering/lower.h"
#include "frontend_support.h"

namespace tpc::test {
namespace {

using Numbers = std::vector<double>;

struct LoopCase {
  const char* what;
  std::string input;
  /// `$` stands at the beginning of the body of every loop.
  std::string body;
};

std::string with_loops(const LoopCase& each, const std::string& first, const std::string& in_loops,
                       const std::string& tokens) {
  std::string body = first + each.body;
  for (size_t at = body.find('$'); at != std::string::npos; at = body.find('$')) body.replace(at, 1, in_loops);
  return "model m\nwidth n\ndim T = " + tokens +
         "\ndim d = 2\ndim k = 2\nconst L = 3\nparam u : [n] init normal(std = 1)\n"
         "param U : [n, d] init normal(std = 1)\nparam A : [n, n] init normal(std = 1.5)\n"
         "param Q : [n, n] init normal(std = 1)\nparam P : [T, n] init normal(std = 1)\n"
         "param W[1..L] : [n, n] init normal(std = 1)\nparam V : [k, n] init normal(std = 1)\n"
         "def prefix(s : [T], z : [n]) -> [n] {\n  o = z\n  for i in 1..T {\n    for j in 1..i { o = o + s[j] * z }\n  "
         "}\n"
         "  return o\n}\n"
         "def net(x : " +
         each.input + ") -> [k] {\n" + body + "\n}\nparametrization ntp\n";
}

/// What iterations do to `carry` depends on the one before, so that none of the loops is a dimension.
std::string repeated(const LoopCase& each, const std::string& tokens = "3") {
  return with_loops(each, "  carry = u\n", "carry = 0.5 * carry\n", tokens);
}
std::string as_dimensions(const LoopCase& each, const std::string& tokens = "3") {
  return with_loops(each, "", "", tokens);
}

Numbers network_outputs(const std::string& text, size_t size) {
  const ir::tp::Module module = lowering::lower(accept(text));
  tpc::evaluation::Interpreter interpreter(module, 6, 20261);
  Numbers inputs;
  for (size_t i = 0; i < 2 * size; ++i) inputs.push_back(std::sin(1.0 + 2.7 * static_cast<double>(i)));
  return interpreter.run(ir::FunctionRole::predict, {2, {{"x", inputs}}}).at("output");
}

size_t instructions(const std::string& text) { return lowering::lower(accept(text)).functions.front().body.size(); }

void check_as_repeated(const LoopCase& each) {
  CAPTURE(each.what);
  const size_t size = each.input == "[T]" ? 3 : 6;
  const Numbers found = network_outputs(as_dimensions(each), size), expected = network_outputs(repeated(each), size);
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    CHECK(std::isfinite(found[i]));
    CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-12));
  }
}

bool is_dimension(const LoopCase& each) {
  return instructions(as_dimensions(each, "4")) == instructions(as_dimensions(each, "9"));
}

const std::string vectors = "[T, d]", numbers = "[T]";

const std::vector<LoopCase> independent = {
    {"backwards", numbers, R"(  o = u
  for i in 1..T {
    $
    o = o + x[T + 1 - i] * P[i]
  }
  return V @ o)"},
    {"places that are so far apart, and zeros around", numbers, R"(  y = pad(x, T, T)
  o = u
  for i in 1..T {
    $
    o = o + y[2 * i] * P[T + 1 - i] + y[3 * i - 2] * u
  }
  return V @ o)"},
    {"a list from its end, every second element", numbers, R"(  for i in 1..T {
    $
    h[i] = tanh(x[i] * u + P[i])
  }
  y = pad(h[1..T], 1, T)
  for i in 1..T {
    $
    r[i] = h[T - (i - 1)] * sin(i) + tanh(y[2 * i]) + y[(4 * i - 2) / 2 + 1]
  }
  return V @ sum(r[1..T]))"},
    {"an index in the variables of two loops", vectors, R"(  y = pad(x, 2, 1)
  for i in 1..T {
    $
    o = 0 * u
    for j in 1..3 { o = o + W[j] @ (U @ y[i + (j - 1)]) }
    h[i] = tanh(o)
  }
  return V @ sum(h[1..T]))"},
    {"a def of the library", vectors, R"(  for i in 1..T {
    $
    e[i] = U @ x[i]
  }
  h = tanh(conv(W, e, padding = same(W)))
  return V @ average(max_pool(h, 3, stride = 1)))"},
    {"dimensions of different sizes", numbers, R"(  for i in 1..T {
    $
    for j in 1..2 {
      $
      h[i, j] = tanh(x[i] * j * u + P[i])
    }
  }
  y = h[1..T, 1..2]
  return V @ sum(sum(y)))"},
    {"causal attention", vectors, R"(  for i in 1..T {
    $
    e[i] = U @ x[i]
    key[i] = A @ e[i]
    query = Q @ e[i]
    for j in 1..i {
      $
      s[j] = mean(query * key[j])
    }
    a = softmax(s[1..i])
    o = e[i]
    for j in 1..i {
      $
      o = o + a[j] * key[j]
    }
    r[i] = tanh(o)
  }
  return V @ (sum(r[1..T]) / T))"},
    {"attention of the last token", vectors, R"(  for i in 1..T {
    $
    e[i] = U @ x[i]
  }
  q = Q @ e[T]
  for i in 1..T {
    $
    s[i] = mean(q * (A @ e[i]))
  }
  a = softmax(s[1..T])
  o = e[T]
  for i in 1..T {
    $
    o = o + a[i] * (Q @ e[i])
  }
  return V @ tanh(o))"},
    {"layers of attention, lists with two indices", vectors, R"(  for i in 1..T {
    $
    h[0, i] = U @ x[i] + P[i]
  }
  for l in 1..L {
    for i in 1..T {
      $
      o = h[l - 1, i]
      for j in 1..i {
        $
        s[j] = mean(o * (W[l] @ h[l - 1, j]))
      }
      a = softmax(s[1..i])
      for j in 1..i {
        $
        o = o + a[j] * h[l - 1, j]
      }
      h[l, i] = tanh(o)
    }
  }
  return V @ h[L, T])"},
    {"a sum over two loops, and a difference", numbers, R"(  o = u
  for i in 1..T {
    $
    for j in 1..i {
      $
      o = o + x[i] * x[j] * u - 0.1 * u
    }
  }
  return V @ o)"},
    {"no iterations at first", numbers, R"(  o = u
  for i in 1..T {
    $
    for j in 1..i - 1 {
      $
      o = o + x[i] * x[j] * u
    }
  }
  return V @ o)"},
    {"the variable as a number, weights by position", numbers, R"(  o = u
  for i in 1..T {
    $
    s[i] = i * x[i]
    o = o + s[i] * P[i] / i
  }
  return V @ (o + sum(s[1..T]) * u))"},
    {"places of part of a dimension, shifted", numbers, R"(  o = u
  for i in 2..T {
    $
    o = o + x[i] * P[i - 1] + x[i - 1] * P[i]
  }
  return V @ o)"},
    {"what the last iteration leaves", numbers, R"(  for i in 1..T {
    $
    z = x[i] * u
    for j in 1..i {
      $
      s[j] = x[i] * x[j]
      w = s[j] * u
    }
    a = softmax(s[1..i])
    p[i] = a[1] * z
  }
  return V @ (z + w + s[2] * u + a[2] * u + p[1] + p[3]))"},
    {"means over prefixes", numbers, R"(  for i in 1..T {
    $
    s[i] = x[i] * x[i]
    o[i] = tanh(sum(s[1..i]) * u + average(x[1..i]) * u)
  }
  return V @ (o[1] + 2 * o[2] + 3 * o[T]))"},
    {"calls of a def with loops of its own", numbers, R"(  for i in 1..T {
    $
    z[i] = prefix(x, P[i])
  }
  return V @ tanh(sum(z[1..T]) + prefix(x, u)))"},
    {"a list that another loop replaces", numbers, R"(  for i in 1..T {
    $
    h[i] = x[i] * u
  }
  for i in 1..T {
    $
    h[i] = tanh(h[i]) + P[i]
  }
  return V @ (h[1] - 2 * h[2] + sum(h[1..2])))"},
    {"a layer for every token", numbers, R"(  for i in 1..T {
    $
    z = x[i] * u
    for l in 1..L { z = tanh(W[l] @ z) }
    r[i] = z
  }
  return V @ sum(r[1..T]))"},
};

const std::vector<LoopCase> dependent = {
    {"a recurrence of a list", numbers, R"(  h[0] = u
  for i in 1..T {
    $
    h[i] = tanh(A @ h[i - 1] + x[i] * u)
  }
  return V @ h[T])"},
    {"a recurrence of a name", numbers, R"(  h = u
  for i in 1..T {
    $
    h = 0.5 * h + x[i] * u
  }
  return V @ h)"},
    {"a list in place", numbers, R"(  for i in 1..T {
    $
    h[i] = x[i] * u
  }
  for i in 1..T {
    $
    o = h[i]
    for j in 1..i {
      $
      o = o + h[j]
    }
    h[i] = o
  }
  return V @ h[T])"},
    {"a sum that is read", numbers, R"(  o = u
  for i in 1..T {
    $
    o = o + x[i] * u
    s[i] = mean(o * u)
  }
  return V @ (sum(s[1..T]) * o))"},
    {"a function that has no value where there is no iteration", numbers, R"(  o = u
  for i in 1..T {
    $
    for j in 1..i - 1 {
      $
      o = o + x[j] / (i - j) * u
    }
    w[i] = x[i] + 3 * i
    for j in 1..i - 1 {
      $
      o = o + u / (w[i] - w[j])
    }
  }
  return V @ o)"},
    {"every iteration assigns the same element", numbers, R"(  for i in 1..T {
    $
    s[1] = x[i]
    s[2] = 2 * s[1]
    r[i] = s[2] * u
  }
  return V @ sum(r[1..T]))"},
};

TEST_CASE("independent loops are dimensions, and mean what they mean written out") {
  for (const LoopCase& each : independent) {
    check_as_repeated(each);
    CAPTURE(each.what);
    CHECK(is_dimension(each));
  }
}

TEST_CASE("loops that depend on their order are repeated") {
  for (const LoopCase& each : dependent) {
    check_as_repeated(each);
    CHECK_FALSE(is_dimension(each));
  }
}

TEST_CASE("elements of a loop's list are known by their names after it") {
  const std::string text = as_dimensions({"", numbers, "  for i in 1..T { h[i] = tanh(x[i] * u) }\n  return V @ h[T]"});
  const auto locals = accept(text).network.body.locals;
  std::vector<std::string> names;
  for (const sema::Local& local : locals) names.push_back(local.name);
  CHECK(std::ranges::find(names, "h[2]") != names.end());
}

TEST_CASE("an element that a loop has not assigned yet is missing, as it is written out") {
  const LoopCase each{"", numbers, "  for i in 1..T {\n    h[i] = x[i] * u\n    o[i] = h[T]\n  }\n  return V @ o[1]"};
  CHECK(only_kind(check_text(as_dimensions(each))) == "[undefined-element]");
}

TEST_CASE("loops can be kept from being dimensions") {
  const std::string text = as_dimensions(independent.front(), "5");
  sema::Overrides overrides;
  overrides.repeat_loops = true;
  CHECK(sema::longest_loop(accept(text)) == 5);
  CHECK(sema::longest_loop(accept(text, overrides)) == 0);
}

}  // namespace
}  // namespace tpc::test
