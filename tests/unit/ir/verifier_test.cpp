#include <doctest/doctest.h>

#include "ir/limit/ir.h"
#include "ir/tp/ir.h"
#include "tests/unit/ir/samples.h"

namespace tpc::ir {
namespace {

/// The findings about the TP sample with one replacement, joined.
std::string tp_findings(const std::string& from, const std::string& to) {
  auto module = tp::parse(test::replaced(test::tp_sample, from, to));
  REQUIRE(module.index() == 0);
  std::string result;
  for (const std::string& finding : tp::verify(std::get<0>(module))) result += finding + "\n";
  return result;
}
std::string limit_findings(const std::string& from, const std::string& to) {
  auto module = limit::parse(test::replaced(test::limit_sample, from, to));
  REQUIRE(module.index() == 0);
  std::string result;
  for (const std::string& finding : limit::verify(std::get<0>(module))) result += finding + "\n";
  return result;
}

#define CHECK_FINDS(findings, what)              \
  do {                                           \
    const std::string text = (findings);         \
    INFO("findings: " << text);                  \
    CHECK(text.find(what) != std::string::npos); \
  } while (false)

TEST_CASE("findings name function, instruction and reason") {
  CHECK(tp_findings("args=[%6]", "args=[%9]") ==
        "function step: %7 \"x 1\" = map fn=tanh args=[%9] : vector[B]: "
        "args: no such earlier value here (9)\n");
}

TEST_CASE("lengths of vectors and matrices fit") {
  const auto findings = [](const std::string& states, const std::string& product) {
    auto module = tp::parse("tp module m width n\n" + states + "\nfunction f {\n  %0 = read state=@u : vector\n" +
                            "  %1 = read state=@W : matrix\n  %2 = " + product +
                            "\n  %3 = map fn=add args=[%2, %0] : vector\n  result value = %3\n}\n");
    REQUIRE(module.index() == 0);
    std::string result;
    for (const std::string& finding : tp::verify(std::get<0>(module))) result += finding + "\n";
    return result;
  };
  const std::string u = "state @u : vector = zero role=vector a=0 b=0 c=0",
                    w = "\nstate @W : matrix = zero role=hidden a=0 b=0 c=0";
  const std::string product = "matmul matrix=%1 arg=%0 : vector";
  CHECK(findings(u + w, product).empty());
  CHECK(findings(u + " rows=1/8" + w + " rows=1/8 columns=1/8", product).empty());
  CHECK_FINDS(findings(u + " rows=4" + w, product), "the argument has 4 n coordinates, and the matrix sums over 1 n");
  CHECK_FINDS(findings(u + w + " rows=4", product), "its operands have 4 n and 1 n coordinates");
  CHECK_FINDS(findings(u + " columns=2" + w, product), "only a matrix has columns");
  CHECK_FINDS(findings(u + " rows=0" + w, product), "a length is a positive multiple of the width");
}

TEST_CASE("operands stand before their users") {
  CHECK_FINDS(tp_findings("args=[%6]", "args=[%7]"), "no such earlier value here (7)");
  CHECK_FINDS(tp_findings("lhs=%5 rhs=%0", "rhs=%0"), "lhs is missing");
  CHECK_FINDS(tp_findings("left=%18 right=%7", "left=%18"), "right is missing");
}

TEST_CASE("types are inferred again and compared") {
  CHECK_FINDS(tp_findings("over=[d] : vector[B]", "over=[d] : vector[B, k]"), "the type must be vector[B]");
  CHECK_FINDS(tp_findings("over=[d] : vector[B]", "over=[d] : scalar[B]"), "the type must be vector[B]");
  CHECK_FINDS(tp_findings("over=[d] : vector[B]", "over=[d] : vector[B, B]"), "a dimension twice");
  CHECK_FINDS(tp_findings("arg=%7 from=B to=B'", "arg=%7 from=B to=B"), "already has B");
  CHECK_FINDS(tp_findings("matrix=%8 arg=%7 :", "matrix=%7 arg=%7 :"), "not a matrix");
  CHECK_FINDS(tp_findings("field=x : scalar[B, d]", "field=x : vector[B, d]"), "an input is scalar");
  CHECK_FINDS(limit_findings("%3 = unit : random", "%3 = unit : scalar"), "the type must be random");
  CHECK_FINDS(limit_findings("condition matrix=@W", "condition matrix=@V"), "no Gaussian matrix");
}

TEST_CASE("effects have no value") {
  CHECK_FINDS(tp_findings("args=[%25, %3]", "args=[%25, %22]"), "%22 has no value");
  CHECK_FINDS(tp_findings("result loss = %16", "result loss = %22"), "the instruction has no value");
  CHECK_FINDS(tp_findings("arg=%29 : matrix[B]", "arg=%29 : matrix"), "the type must be matrix[B]");
  CHECK_FINDS(tp_findings("gradient of=%15", "gradient of=%12"), "a gradient is of scalars");
  CHECK_FINDS(tp_findings("write state=@W value=%21", "write state=@W value=%21 : matrix"), "the type must be none");
  CHECK_FINDS(limit_findings("rhs=%17 over=[B]", "rhs=%16 over=[B]"), "%16 has no value");
}

TEST_CASE("what has no value has no scale") {
  auto parsed = tp::parse(test::tp_sample);
  REQUIRE(parsed.index() == 0);
  auto& module = std::get<0>(parsed);
  for (auto& instruction : module.functions.at(0).body) instruction.scale = Rational(1, 2);
  const std::vector<std::string> findings = tp::verify(module);
  CHECK_FALSE(findings.empty());
  for (const std::string& finding : findings) {
    CAPTURE(finding);
    CHECK(finding.ends_with("an instruction without a value has no scale"));
    const bool effect = finding.find("= write") != std::string::npos || finding.find("= add_rows") != std::string::npos;
    CHECK(effect);
  }
}

TEST_CASE("one write a state and function, of its type") {
  CHECK_FINDS(tp_findings("  result loss", "  %37 = write state=@W value=%27\n  result loss"), "@W is written twice");
  CHECK_FINDS(tp_findings("  result loss", "  %37 = write state=@U value=%33\n  result loss"),
              "@U is written, and added to");
  CHECK(tp_findings("  result loss", "  %37 = add_rows state=@U value=%32 index=%34 dim=d\n  result loss").empty());
  CHECK_FINDS(tp_findings("value=%21", "value=%7"), "@W is matrix, the value is vector[B]");
  CHECK_FINDS(limit_findings("write state=@V", "write state=@W"), "a matrix state cannot be written");
}

TEST_CASE("results exist and are named once") {
  CHECK_FINDS(tp_findings("result loss = %16", "result loss = %99"), "no such value");
  CHECK_FINDS(tp_findings("result loss", "result \"gram matrix\""), "its name is taken");
  CHECK_FINDS(tp_findings("function predict", "function step"), "there are two of this name");
}

TEST_CASE("a function gives what its role promises") {
  CHECK_FINDS(tp_findings("  result output = %0\n", ""), "function predict: it has no result output");
  CHECK_FINDS(tp_findings("function predict", "function loss"), "function loss: it has no result loss");
  CHECK_FINDS(tp_findings("function predict", "function observe_1"), "it has no result value");
  CHECK_FINDS(tp_findings("result loss = %16", "result loss = %15"), "result loss: it must be one number");
  CHECK_FINDS(tp_findings("result loss = %16", "result loss = %7"), "result loss: it must be scalar");
  CHECK_FINDS(tp_findings("function step", "function criterion"),
              "%5 = read state=@U : vector[d]: the criterion reads");
  CHECK_FINDS(tp_findings("function step", "function criterion"), "it has no result losses");
  CHECK_FINDS(limit_findings("function step", "function kernel"), "it has no result kernel");
  CHECK_FINDS(limit_findings("function step {", "function kernel {") + limit_findings("result loss", "result nngp"),
              "kernel");
  CHECK(tp_findings("result loss = %16\n", "\n").empty());  // a step without a loss is one
}

TEST_CASE("the gradient by a state has its type") {
  const std::string function = "function gradient {\n  %0 = constant value=1 : scalar\n  result loss = %0\n";
  CHECK_FINDS(
      tp_findings("function predict {\n  %0 = input field=f : scalar[B, k]\n  %1 place = dim_index dim=d : scalar[d]\n"
                  "  result output = %0\n",
                  function + "  result d.bias = %0\n"),
      "result d.bias: it must be scalar[k]");
}

TEST_CASE("findings have the place they speak of") {
  const std::string text = test::replaced(test::tp_sample, "args=[%6]", "args=[%9]");
  const auto module = tp::parse(text);
  REQUIRE(module.index() == 0);
  const std::vector<Finding> findings = tp::find_faults(std::get<0>(module));
  REQUIRE(findings.size() == 1);
  const Span span = findings.front().span;
  CHECK(text.substr(span.begin, span.end - span.begin) == "%7 \"x 1\" = map fn=tanh args=[%9] : vector[B]");
}

TEST_CASE("dimensions and states are sound") {
  CHECK_FINDS(tp_findings("dim d = 784", "dim d = 0"), "not positive");
  CHECK_FINDS(tp_findings("dim d = 784", "dim C = ? twin=B'\ndim d = 784"), "twin of B', which is a twin itself");
  CHECK_FINDS(tp_findings("dim B = ?", "dim B = 5"), "no fixed sizes");
  CHECK_FINDS(tp_findings("@gain : vector", "@gain : none"), "a state has a kind");
  CHECK_FINDS(tp_findings("@gain : vector", "@gain : matrix[d]"), "a matrix has no finite dimensions");
  CHECK_FINDS(tp_findings("@gain : vector", "@gain : vector[d, d]"), "a dimension twice");
  CHECK_FINDS(tp_findings("constant(0.1)", "constant(nan)"), "not finite");
  CHECK_FINDS(tp_findings("gaussian(1.5)", "gaussian(-1.5)"), "a standard deviation");
}

TEST_CASE("ids out of range, which no text can name, are found and not followed") {
  auto module = std::get<0>(tp::parse(test::tp_sample));
  auto& body = module.functions.front().body;
  SUBCASE("state") { std::get<Read>(body.at(5).op).state = StateId(99); }
  SUBCASE("dimension of a field") { std::get<Contract>(body.at(6).op).over = {DimId(99)}; }
  SUBCASE("dimension of a type") { body.at(0).type.dims = {DimId(99)}; }
  SUBCASE("twin") { module.dims.at(1).twin_of = DimId(99); }
  SUBCASE("operation") { body.at(0).op = std::monostate{}; }
  SUBCASE("dimension of a state") { module.states.front().type.dims = {DimId(99)}; }
  SUBCASE("names") {
    module.states.at(1).name = module.states.at(0).name;
    module.dims.at(1).name = module.dims.at(0).name;
  }
  CHECK_FALSE(tp::verify(module).empty());
}

}  // namespace
}  // namespace tpc::ir
