// --param and --set.
#include <doctest/doctest.h>

#include "frontend_support.h"

namespace tpc::test {
namespace {

sema::Overrides set(std::map<std::string, std::string> values) { return {.parametrization = {}, .values = values}; }

/// The only diagnostic, as printed.
void check_refused(const sema::Overrides& overrides, const std::string& kind, const std::string& said) {
  const Checked checked = check_text(base_program, overrides);
  INFO(checked.printed());
  CHECK_FALSE(checked.program.has_value());
  CHECK(checked.kinds() == std::vector<std::string>{kind});
  CHECK(checked.printed().find(said) != std::string::npos);
}

TEST_CASE("--set of settings, dimensions and constants") {
  const sema::Program program = accept(base_program, set({{"lr", "0.25"}, {"epochs", "7"}, {"batch", "1"}}));
  CHECK(std::get<ir::SgdSettings>(program.train->optimizer).learning_rate.first == 0.25);
  CHECK(program.train->epochs == 7);
  CHECK_FALSE(program.train->steps.has_value());
  CHECK(program.train->batch == 1);
  CHECK(accept(base_program, set({{"steps", "1e3"}})).train->steps == 1000);
  CHECK_FALSE(accept(varied("steps = 5", "steps = 5\n  batch = 1 shuffled(seed = 2)"), set({{"batch", "full"}}))
                  .train->shuffle_seed.has_value());
  const std::string sized =
      "model m\nwidth n\ndim k = 2\ndim d = 2 * k\nconst a = 1\nparam V : [k, n] init normal(std = a)\n"
      "param U : [n, d] init normal(std = 1)\ndef net(x : [d]) {\n  return V @ (U @ x)\n}\n"
      "parametrization mup\n";
  const sema::Program larger = accept(sized, set({{"k", "5"}, {"a", "2.5"}}));
  CHECK(larger.output_size == 5);
  CHECK(larger.dims[1].size == 10);
  CHECK(larger.parameters[0].init.value == 2.5);
}

TEST_CASE("--set of functions and of one weight's learning rate") {
  const std::string text =
      "model m\nwidth n\ndim d = 2\nfn twice(u) = 2 * u\nfn act(u) = u\nparam U : [n, d] init normal(std = 1)\n"
      "param v : [n] init zero lr 0.5\ndef net(x : [d]) {\n  return mean(v * act(U @ x))\n}\nparametrization mup\n";
  const auto maps = [&](const std::map<std::string, std::string>& values, ir::Primitive wanted) {
    const sema::Program program = accept(text, set(values));
    return std::ranges::count_if(program.network.body.terms, [&](const sema::Term& term) {
      const auto* map = std::get_if<sema::PointwiseTerm>(&term.op);
      return map != nullptr && map->primitive == wanted;
    });
  };
  CHECK(maps({}, ir::Primitive::Relu) == 0);
  CHECK(maps({{"act", "relu"}}, ir::Primitive::Relu) == 1);
  CHECK(maps({{"act", "twice"}}, ir::Primitive::Mul) == maps({}, ir::Primitive::Mul) + 1);
  CHECK(accept(text, set({{"U.lr", "0"}})).parameters[0].learning_rate_factor == 0.0);
  CHECK(accept(text, set({{"v.lr", "2"}})).parameters[1].learning_rate_factor == 2.0);
  for (const char* other : {"softmax", "later", "max", "3"}) {
    const Checked checked = check_text(text, set({{"act", other}}));
    CHECK(checked.printed().find("a function of one number such as `relu`") != std::string::npos);
  }
}

TEST_CASE("--set of what is not there, or not right") {
  check_refused(set({{"half_", "1"}}), "unknown-override", "did you mean `half`");
  check_refused(set({{"stepps", "1"}}), "unknown-override", "did you mean `steps`");
  check_refused(set({{"steps", "many"}}), "invalid-override", "--set steps=many: expected an integer from 0");
  check_refused(set({{"steps", "-1"}}), "invalid-override", "expected an integer from 0");
  check_refused(set({{"batch", "1.5"}}), "invalid-override", "expected an integer from 1");
  check_refused(set({{"lr", "-1"}}), "invalid-override", "a number of at least 0");
  check_refused(set({{"lr", "nan"}}), "invalid-override", "a number of at least 0");
  check_refused(set({{"half", "x"}}), "invalid-override", "expected a number");
  check_refused(set({{"k", "0"}}), "invalid-override", "--set k=0");
  check_refused(set({{"steps", "1"}, {"epochs", "1"}}), "invalid-override", "not both");
}

TEST_CASE("--param replaces the parametrization; its block counts only under its own name") {
  const std::string text = varied("parametrization mup", "parametrization sp {\n  lr : c = 1\n}");
  CHECK(accept(text, {.parametrization = "sp", .values = {}}).parameters[0].c == ir::Rational(1));
  CHECK(accept(text, {.parametrization = "mup", .values = {}}).parameters[0].c == ir::Rational(0));
  CHECK(accept(varied("parametrization mup", ""), {.parametrization = "mup", .values = {}}).parametrization == "mup");
  check_refused({.parametrization = "custom", .values = {}}, "unknown-parametrization-override", "--param custom");
  check_refused({.parametrization = "std", .values = {}}, "unknown-parametrization-override",
                "`sp`, `ntp`, `mfp`, `mup`");
  check_refused({.parametrization = "mfp", .values = {}}, "mean-field-with-hidden", "`W`");
}

}  // namespace
}  // namespace tpc::test
