// What the checker makes of right programs: roles, exponents, plans, terms.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "frontend_support.h"

namespace tpc::test {
namespace {

using ir::Rational;
using ir::Role;

const sema::Parameter& parameter(const sema::Program& program, const std::string& name) {
  auto found = std::find_if(program.parameters.begin(), program.parameters.end(),
                            [&](const auto& each) { return each.name == name; });
  REQUIRE(found != program.parameters.end());
  return *found;
}

void check_exponents(const sema::Program& program, const std::string& name, Rational a, Rational b, Rational c) {
  CAPTURE(program.parametrization);
  CAPTURE(name);
  CHECK(parameter(program, name).a.str() == a.str());
  CHECK(parameter(program, name).b.str() == b.str());
  CHECK(parameter(program, name).c.str() == c.str());
}

/// The operations of the network's result, for comparing bodies: primitive names and the kinds of other terms.
std::string outline(const sema::Program& program) {
  const sema::Body& body = program.network.body;
  std::string text;
  std::vector<bool> needed = terms_needed_for(body, body.result);
  for (size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) continue;
    const auto& op = body.terms[i].op;
    if (const auto* pointwise = std::get_if<sema::PointwiseTerm>(&op)) {
      text += std::string(ir::primitive_name(pointwise->primitive)) + " ";
    } else if (std::holds_alternative<sema::ContractTerm>(op)) {
      text += "@ ";
    } else if (std::holds_alternative<sema::MeanTerm>(op)) {
      text += "mean ";
    }
  }
  return text;
}

std::string network_of(const std::string& declarations, const std::string& expression) {
  return "model m\nwidth n\ndim k = 2\nparam v : [n] init normal(std = 1)\n" + declarations +
         "def net(x) {\n  return " + expression + "\n}\nparametrization mup\n";
}

TEST_CASE("the base program") {
  const sema::Program program = accept(base_program);
  CHECK(program.model == "base");
  CHECK(program.width == "n");
  REQUIRE(program.dims.size() == 2);
  CHECK(program.dims[0].name == "d");
  CHECK(program.dims[0].size == 2);
  CHECK(program.inputs == std::vector<std::string>{"x"});
  CHECK(program.output_size == 1);
  REQUIRE(program.train.has_value());
  CHECK(program.train->data == "train");
  CHECK(std::get<ir::SgdSettings>(program.train->optimizer).learning_rate.first == 0.5);
  CHECK(program.train->steps == 5);
  CHECK_FALSE(program.train->batch.has_value());
  CHECK_FALSE(program.train->class_index);
  CHECK(program.train->target_field == "y");
  REQUIRE(program.data_sets.size() == 2);
  CHECK(program.data_sets[0].rows == std::vector<double>{1.0, 0.3, 1.0, -0.4, 0.8, -1.0});
  CHECK(program.syntax != nullptr);
  CHECK(outline(program) == "@ add tanh @ sigmoid mul @ ");
}

TEST_CASE("observations: gram as written, and outputs on all data sets by default") {
  const sema::Program program = accept(base_program);
  REQUIRE(program.observations.size() == 2);
  CHECK(program.observations[0].kind == sema::ObservationKind::gram);
  CHECK(program.observations[0].text == "gram(z2)");
  CHECK(program.observations[0].function == ir::FunctionKey(ir::FunctionRole::observe, 0));
  CHECK(program.observations[0].data_sets == std::vector<std::string>{"test"});
  CHECK(program.network.body.at(program.observations[0].value).name == "z2");
  CHECK(program.observations[1].kind == sema::ObservationKind::outputs);
  CHECK(program.observations[1].text == "net(x)");
  CHECK(program.observations[1].function == ir::FunctionRole::predict);
  CHECK(program.observations[1].data_sets == std::vector<std::string>{"train", "test"});

  const sema::Program chosen = accept(varied("observe gram(z2) on test", "observe net(x) on test"));
  REQUIRE(chosen.observations.size() == 1);
  CHECK(chosen.observations[0].data_sets == std::vector<std::string>{"test"});
}

TEST_CASE("a data set without the network's inputs is not observed") {
  const sema::Program program = accept(varied("train {", "data other : w[d] {\n  1 2\n}\ntrain {"));
  CHECK(program.observations.back().data_sets == std::vector<std::string>{"train", "test"});
}

TEST_CASE("the named parametrizations, math.md section 1") {
  const std::string with_finite = varied("param b : [n]  init zero",
                                         "param b : [n]  init zero\nparam g : [k] init constant(2)\nparam s : [d, k] "
                                         "init normal(std = 1)");
  const Rational half(1, 2);
  for (const std::string name : {"sp", "ntp", "mup"}) {
    const sema::Program program = accept(with_finite, {.parametrization = name, .values = {}});
    CHECK(program.parametrization == name);
    CHECK(parameter(program, "U").role == Role::input);
    CHECK(parameter(program, "W").role == Role::hidden);
    CHECK(parameter(program, "b").role == Role::vector);
    CHECK(parameter(program, "V").role == Role::output);
    CHECK(parameter(program, "g").role == Role::finite);
    CHECK(parameter(program, "s").role == Role::finite);
    for (const char* finite : {"g", "s"}) check_exponents(program, finite, 0, 0, 0);
    for (const char* input : {"U", "b"}) {
      check_exponents(program, input, name == "mup" ? -half : Rational(0), name == "mup" ? half : Rational(0), 0);
    }
    check_exponents(program, "W", name == "ntp" ? half : Rational(0), name == "ntp" ? Rational(0) : half, 0);
    check_exponents(program, "V", name == "sp" ? Rational(0) : half, name == "ntp" ? Rational(0) : half, 0);
  }
  const std::string shallow = network_of("param V : [k, n] init normal(std = 1)\n", "V @ tanh(v * x)");
  const sema::Program program = accept(shallow, {.parametrization = "mfp", .values = {}});
  check_exponents(program, "v", 0, 0, -1);
  check_exponents(program, "V", 1, 0, -1);
}

TEST_CASE("overrides inside a named parametrization, and custom") {
  const sema::Program named =
      accept(varied("parametrization mup", "parametrization sp {\n  lr : c = 1\n  W : c = 3/2, b = 1\n}"));
  check_exponents(named, "U", 0, 0, 1);
  check_exponents(named, "W", 0, 1, Rational(3, 2));
  check_exponents(named, "V", 0, Rational(1, 2), 1);
  const std::string block =
      "parametrization custom {\n  U : a = -1/2, b = 1/2\n  W : a = 1/4,  b = 1/4, c = 1/3\n"
      "  b : a = -2/4\n  V : a = 1/2,  b = 1/2\n  lr : c = -1\n}";
  const sema::Program custom = accept(varied("parametrization mup", block));
  check_exponents(custom, "U", Rational(-1, 2), Rational(1, 2), -1);
  check_exponents(custom, "W", Rational(1, 4), Rational(1, 4), Rational(1, 3));
  check_exponents(custom, "b", Rational(-1, 2), 0, -1);  // starts at zero: b does not matter
}

TEST_CASE("compound nonlinearities are written in primitives") {
  CHECK(outline(accept(network_of("", "mean(identity(v) * x)"))) == "mul mean ");
  CHECK(outline(accept(network_of("", "mean(silu(v * x))"))) == "mul sigmoid mul mean ");
  CHECK(outline(accept(network_of("", "mean(square(v * x))"))) == "mul pow mean ");
  CHECK(outline(accept(network_of("", "mean(gelu(v * x))"))) == "mul mul erf add mul mul mean ");
  CHECK(outline(accept(network_of("", "mean(leaky_relu(v * x, 0.1))"))) == "mul mul relu mul add mean ");
  CHECK(outline(accept(network_of("fn cube(u) = u ^ 3 - u ^ -1\n", "dot(cube(v), v) * x"))) == "pow pow sub mean mul ");
}

TEST_CASE("constants are folded, dimensions are numbers too") {
  const sema::Program program =
      accept(network_of("const a = 2 * k + 1\nconst e = silu(0) + sqrt(16)\n", "mean(v * x) * (a - e) / (k / 4)"));
  CHECK(outline(program) == "mul mean mul div ");
  std::vector<double> numbers;
  for (const auto& term : program.network.body.terms) {
    if (const auto* number = std::get_if<sema::NumberTerm>(&term.op)) numbers.push_back(number->value);
  }
  CHECK(std::count(numbers.begin(), numbers.end(), 1.0) == 1);  // a - e = 5 - 4
  CHECK(std::count(numbers.begin(), numbers.end(), 0.5) == 1);
}

TEST_CASE("defs are inlined, with their names; a name may be rebound in its own def") {
  const std::string text = R"(model m
width n
dim d = 2
dim k = 3
param U : [n, d] init normal(std = 1)
param W : [n, n] init normal(std = 1)
param C : [k, k] init normal(std = 1)
param V : [k, n] init normal(std = 1)
def block(z : [n]) -> [n] {
  h = tanh(W @ z)
  h = h + W.T @ h
  return h
}
def net(x : [d]) -> [k] {
  z = U @ x
  z = z + block(z)
  z = z + block(z)
  return C.T @ (V @ z)
}
parametrization ntp
)";
  const sema::Program program = accept(text);
  CHECK(outline(program) == "@ @ tanh @ add add @ tanh @ add add @ @ ");
  CHECK(program.network.definition == "net");
  CHECK(program.output_size == 3);
  std::vector<std::string> names;
  for (const auto& term : program.network.body.terms) {
    if (!term.name.empty()) names.push_back(term.name);
  }
  CHECK(names == std::vector<std::string>{"z", "h", "h", "z", "h", "h", "z"});
}

TEST_CASE("settings of the training") {
  auto plan = [](const std::string& setting) { return *accept(varied("steps = 5", setting)).train; };
  CHECK(plan("epochs = 2 + 1").epochs == 3);
  CHECK(plan("steps = 5\n  batch = 2").batch == 2);
  CHECK_FALSE(plan("steps = 5\n  batch = 2").shuffle_seed.has_value());
  for (const char* text : {"batch = 2 shuffled(seed = 7)", "batch = shuffled(2, seed = 7)"}) {
    const sema::TrainPlan shuffled = plan("steps = 5\n  " + std::string(text));
    CHECK(shuffled.batch == 2);
    CHECK(shuffled.shuffle_seed == 7);
  }
  CHECK(plan("steps = 5\n  batch = 2 * half shuffled()").shuffle_seed == 1);
  const std::string zero_options = "sgd(lr = half / 5, momentum = 0, weight_decay = 0.0, clip = 0)";
  CHECK(std::get<ir::SgdSettings>(accept(varied("sgd(lr = 0.5)", zero_options)).train->optimizer).learning_rate.first ==
        0.1);
}

TEST_CASE("targets: class indices, numbers for an output of size one, and rows") {
  std::string text = varied("mse(net(x), y)", "cross_entropy(net(x), y)");
  CHECK_FALSE(accept(text).train->class_index);
  CHECK(accept(text).train->classifies);
  text.replace(text.find("x[d], y[k]"), 10, "x[d], y");
  CHECK(accept(text).train->class_index);
  CHECK_FALSE(accept(varied("x[d], y[k]", "x[d], y")).train->class_index);
  CHECK_FALSE(accept(varied("x[d], y[k]", "x[d], y")).train->classifies);
}

TEST_CASE("a loss of several terms: which one accuracy is of") {
  auto plan = [](const std::string& loss, const std::string& fields = "x[d], y[k]") {
    std::string text = varied("x[d], y[k]", fields);
    text.replace(text.find("mse(net(x), y)"), 14, loss);
    return *accept(text).train;
  };
  const sema::TrainPlan both = plan("0.1 * mse(net(x), y + 1) + cross_entropy(net(x), y)", "x[d], y");
  CHECK(both.classifies);
  CHECK(both.class_index);
  CHECK(both.target_field == "y");
  CHECK(both.of_output_alone);
  CHECK(both.further_labels.empty());
  CHECK(plan("mse(net(x), y) + 0.1 * mean(z2 * z2)").of_output_alone == false);
  CHECK(plan("mse(net(x), y) + 0.1 * mean(b * b)").of_output_alone == false);
  CHECK(plan("mse(net(x), y) + 0.1 * sum(x * x)").of_output_alone);
  CHECK(plan("sum(net(x) ^ 2)").of_output_alone);
  CHECK(plan("sum(net(x) ^ 2)").target_field.empty());
}

TEST_CASE("csv and npy sources") {
  const sema::Program program = accept(varied("{\n  0.5 0.5\n}", "= csv(\"a b.csv\", rows = 2..10 * 10)"));
  const sema::DataSet& test = program.data_sets[1];
  CHECK(test.source == sema::SourceKind::csv);
  CHECK(test.path == "a b.csv");
  CHECK(test.first_row == 2);
  CHECK(test.last_row == 100);
  const sema::Program npy = accept(varied("{\n  0.5 0.5\n}", "= npy(\"a.npy\")"));
  CHECK(npy.data_sets[1].source == sema::SourceKind::npy);
  CHECK_FALSE(npy.data_sets[1].first_row.has_value());
  const sema::Program each =
      accept(varied("x[d] {\n  0.5 0.5\n}", "x[d], w = npy(x = \"a.npy\", rows = 1..9, w = \"b.npy\")"));
  CHECK(each.data_sets[1].field_paths == std::map<std::string, std::string>{{"w", "b.npy"}, {"x", "a.npy"}});
  CHECK(each.data_sets[1].last_row == 9);
}

TEST_CASE("zero spreads and constants are zero initialisations") {
  CHECK(parameter(accept(varied("init zero", "init normal(std = 0)")), "b").init.kind == ir::InitKind::zero);
  CHECK(parameter(accept(varied("init zero", "init constant(0)")), "b").init.kind == ir::InitKind::zero);
  CHECK(parameter(accept(varied("init zero", "init constant(-1.5)")), "b").init ==
        ir::Init{ir::InitKind::constant, -1.5});
  CHECK(parameter(accept(base_program), "W").init == ir::Init{ir::InitKind::gaussian, 1.4});
}

TEST_CASE("a parameter without effect is a warning") {
  const Checked checked = check_text(varied("+ b)", ")"));
  CHECK(checked.program.has_value());
  CHECK(checked.kinds() == std::vector<std::string>{"unused-parameter"});
}

TEST_CASE("the examples are right") {
  for (const char* name : {"mlp", "digits"}) {
    std::ifstream file(std::filesystem::path(TPC_SOURCE_DIR) / "examples" / (std::string(name) + ".tp"));
    std::ostringstream text;
    text << file.rdbuf();
    const sema::Program program = accept(text.str());
    CHECK(program.model == name);
  }
}

}  // namespace
}  // namespace tpc::test
