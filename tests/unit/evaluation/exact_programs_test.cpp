// Which programs beyond affine ones are exact: polynomials, by their degree, and piecewise linear ones.
#include <doctest/doctest.h>

#include "driver_support.h"
#include "passes/limit/piecewise_linear.h"
#include "passes/limit/polynomial_degree.h"

using namespace tpc::driver;
using tpc::passes::degree_of_expectations;
using tpc::passes::obstacle_to_cones;

namespace {

constexpr auto one_layer = "param U : [n, 2] init normal(std = 1)\nparam V : [1, n] init normal(std = 1)\n";
constexpr auto with_bias =
    "param U : [n, 2] init normal(std = 1)\nparam V : [1, n] init normal(std = 1)\nparam b : [n] init zero\n";
constexpr auto two_layers =
    "param U : [n, 2] init normal(std = 1)\nparam W : [n, n] init normal(std = 1)\nparam V : [1, n] init normal(std = "
    "1)\n";

std::unique_ptr<Compilation> compiled(const std::string& parameters, const std::string& network) {
  return compile_text(program_text(parameters, "return V @ (" + network + ")"), Stage::limit);
}

std::optional<int64_t> degree(const std::string& network, int64_t steps, const std::string& parameters = one_layer) {
  return degree_of_expectations(*compiled(parameters, network)->limit, steps);
}

std::string obstacle(const std::string& network, const std::string& parameters = one_layer) {
  return obstacle_to_cones(*compiled(parameters, network)->limit);
}

}  // namespace

TEST_CASE("the degree of a polynomial network grows with its training") {
  CHECK(degree("square(U @ x)", 0) == 3);  // V h^2
  // u_{t+1} = u_t - .. u_t v_t and v_{t+1} = v_t - .. u_t^2: both of degree 2^t.
  CHECK(degree("square(U @ x)", 1) == 6);
  CHECK(degree("square(U @ x)", 3) == 24);
  CHECK(degree("(U @ x)^3", 1) == 12);  // of degree 3 both
  CHECK(degree("square(U @ x)", 1000) == tpc::passes::most_polynomial_degree);
  CHECK(degree("U @ x", 1000) == 2);
  CHECK(degree("(U @ x) * (U @ x) - 3 * (U @ x)", 1) == 6);
}

TEST_CASE("what is no polynomial, or has a matrix, has no degree") {
  CHECK_FALSE(degree("tanh(U @ x)", 2).has_value());
  CHECK_FALSE(degree("relu(U @ x)", 2).has_value());
  CHECK_FALSE(degree("1 / (2 + square(U @ x))", 2).has_value());
  CHECK_FALSE(degree("square(W @ (U @ x))", 2, two_layers).has_value());
}

TEST_CASE("piecewise linear networks") {
  CHECK(obstacle("relu(U @ x)") == "");
  CHECK(obstacle("abs(U @ x)") == "");
  CHECK(obstacle("leaky_relu(U @ x, 0.1) + 0.5 * (U @ x)") == "");
  CHECK(obstacle("relu(relu(U @ x) - 0.3 * (U @ x))") == "");
  CHECK(obstacle("relu(U @ x + b)", with_bias) == "");
  CHECK(obstacle("relu(U @ x + 1)") != "");
  CHECK(obstacle("step(U @ x)") != "");
  CHECK(obstacle("relu(U @ x) * tanh(U @ x)") != "");
  CHECK(obstacle("relu((U @ x) * relu(U @ x))") != "");
  CHECK(obstacle("relu(W @ relu(U @ x))", two_layers) != "");
}

TEST_CASE("a network at points has functions of its kinks, which write nothing") {
  const auto program = compiled(one_layer, "relu(U @ x)");
  const tpc::ir::tp::Module module = tpc::passes::at_points(*program->limit);
  for (const tpc::ir::FunctionRole role : {tpc::ir::FunctionRole::step, tpc::ir::FunctionRole::predict}) {
    CHECK(module.find(role) != nullptr);
    const auto* kinks = module.find(tpc::passes::kinks_of(role));
    REQUIRE(kinks != nullptr);
    CHECK(kinks->results.size() == 1);
    CHECK(kinks->type(kinks->results[0].value).kind == tpc::ir::Kind::vector);
  }
}
