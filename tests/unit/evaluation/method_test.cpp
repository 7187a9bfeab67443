#include "evaluation/compiled/method.h"

#include <doctest/doctest.h>

#include "driver_support.h"

using namespace tpc::driver;
using namespace tpc::evaluation;
namespace diag = tpc::diag;

namespace {

constexpr auto one_layer = "param U : [n, 2] init normal(std = 1)\nparam V : [1, n] init normal(std = 1)";
constexpr auto two_layers =
    "param U : [n, 2] init normal(std = 1)\nparam W : [n, n] init normal(std = 1)\nparam V : [1, n] init normal(std = "
    "1)";

MethodChoice choose(const std::string& parameters, const std::string& network, const MethodRequest& request,
                    diag::Engine& diagnostics) {
  const auto compilation = compile_text(program_text(parameters, network), Stage::limit);
  return choose_method(*compilation->limit, {}, {2, 2, 3, 2}, request, diagnostics);
}

tp_method automatic(const std::string& parameters, const std::string& network) {
  diag::Engine diagnostics;
  const MethodChoice choice = choose(parameters, network, {}, diagnostics);
  CHECK(diagnostics.all().empty());
  CHECK(!choice.why.empty());
  return choice.settings.method;
}

void check_refused(Method method, const std::string& parameters, const std::string& network) {
  diag::Engine diagnostics;
  MethodRequest request;
  request.method = method;
  choose(parameters, network, request, diagnostics);
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].kind == diag::Kind::method_not_applicable);
}

}  // namespace

TEST_CASE("auto picks exact, then quadrature, then quasi-Monte Carlo") {
  CHECK(automatic(two_layers, " z = W @ (U @ x)\n return V @ z") == TP_METHOD_EXACT);
  CHECK(automatic(one_layer, " z = tanh(U @ x)\n return V @ z") == TP_METHOD_QUADRATURE);
  CHECK(automatic(one_layer, " z = relu(U @ x)\n return V @ z") == TP_METHOD_QUADRATURE);       // in cones
  CHECK(automatic(one_layer, " z = relu(U @ x + 1)\n return V @ z") == TP_METHOD_QMC);          // not smooth
  CHECK(automatic(one_layer, " z = square(U @ x)\n return V @ z") == TP_METHOD_QUADRATURE);     // polynomials, exactly
  CHECK(automatic(one_layer, " h = U @ x\n z = sqrt(h * h)\n return V @ z") == TP_METHOD_QMC);  // |h|
  CHECK(automatic(one_layer, " h = U @ x\n z = sqrt(h * h + 1)\n return V @ z") == TP_METHOD_QUADRATURE);
  CHECK(automatic(two_layers, " z = tanh(W @ tanh(U @ x))\n return V @ z") == TP_METHOD_QMC);
}

TEST_CASE("polynomials are exact with nodes for their degree, while those are affordable") {
  diag::Engine diagnostics;
  const MethodChoice choice = choose(one_layer, " z = square(U @ x)\n return V @ z", {}, diagnostics);
  CHECK(choice.settings.to_rounding);
  CHECK(method_name(choice.settings) == "exact");
  CHECK(choice.settings.samples == 7);  // degree 12 after two steps
  const auto compilation = compile_text(program_text(one_layer, " z = square(U @ x)\n return V @ z"), Stage::limit);
  const MethodChoice later = choose_method(*compilation->limit, {}, {9, 2, 10, 2}, {}, diagnostics);
  CHECK(method_name(later.settings) == "quadrature");
  CHECK(diagnostics.all().empty());
  MethodRequest exact;
  exact.method = Method::exact;
  choose_method(*compilation->limit, {}, {9, 2, 10, 2}, exact, diagnostics);
  CHECK(diagnostics.has_errors());
}

TEST_CASE("a method that cannot evaluate the limit is refused") {
  check_refused(Method::exact, one_layer, " z = tanh(U @ x)\n return V @ z");
  check_refused(Method::quadrature, two_layers, " z = tanh(W @ tanh(U @ x))\n return V @ z");
}

TEST_CASE("counts that are given stay; the others follow from the work") {
  const auto compilation =
      compile_text(program_text(two_layers, " z = tanh(W @ tanh(U @ x))\n return V @ z"), Stage::limit);
  const auto& limit = *compilation->limit;
  const SampleCounts cheap = choose_sample_counts(limit, {5, 2, 6, 5}, {}, {});
  CHECK(cheap.samples == 16384);
  CHECK(cheap.replicas == 12);
  const SampleCounts large = choose_sample_counts(limit, {250, 28, 6, 1797}, {}, {});
  CHECK(large.samples < 16384);
  CHECK(large.samples >= 2048);
  CHECK(large.replicas >= 4);
  CHECK(choose_sample_counts(limit, {250, 28, 6, 1797}, 65536, {}).samples == 65536);
  CHECK(choose_sample_counts(limit, {250, 28, 6, 1797}, {}, 3).replicas == 3);
}
