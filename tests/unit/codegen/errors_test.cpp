// What the user can get wrong, and what the runtime can refuse.
#include <doctest/doctest.h>

#include "tests/unit/codegen/harness.h"
#include "tests/unit/codegen/network.h"

namespace {

using namespace tpc;
using namespace tpc::test;

TEST_CASE("an unknown processor is an error that names alternatives") {
  codegen::CodegenOptions options;
  options.cpu = "pentium-42";
  const codegen::CompiledModel model(network({}), options);
  CHECK(model.error().find("'pentium-42'") != std::string::npos);
  CHECK(model.error().find("x86-64-v3") != std::string::npos);
  CHECK(model.contents(codegen::FileKind::object, "never", "").error == model.error());
  CHECK(codegen::JitModel(codegen::CompiledModel(network({}), options)).error() == model.error());
}

TEST_CASE("named processors and every optimisation level work") {
  for (const char* cpu : {"x86-64", "x86-64-v3"}) {
    for (int level = 0; level <= 3; ++level) {
      codegen::CodegenOptions options;
      options.cpu = cpu;
      options.optimization_level = level;
      const auto module = network({});
      std::mt19937_64 random(2);
      const Contents contents = random_contents(module, 128, random);
      const Fields fields = random_fields(module, 3, random);
      check_same(run_compiled(compile(module, options), "step", contents, fields, 3),
                 evaluate(module, module.functions[0], contents, fields, 3), 1e-11);
    }
  }
}

TEST_CASE("the runtime's failures end the function and come back as its status") {
  Playground p;
  auto& b = p.function("f");
  b.write(p.bias, b.map(ir::Primitive::Tanh, {b.read(p.bias)}));
  const auto one_hot = b.insert(ir::OneHot{b.input("label", {p.batch}), p.classes});
  b.function().results.push_back({"y", one_hot});
  codegen::JitModel jit{codegen::CompiledModel(p.module, {})};
  REQUIRE(jit.error().empty());
  std::mt19937_64 random(1);
  const Contents before = random_contents(p.module, 64, random);
  const int64_t one = 1;
  double y[3] = {};
  double* results[] = {y};
  for (const double label : {1.0, 7.0}) {
    const double* fields[] = {&label};
    tp_context context(before, TP_F64, 64);
    CHECK(jit.descriptor()->functions[0].code(&context, fields, &one, results) ==
          (label < 3 ? TP_OK : TP_INVALID_ARGUMENT));
    CHECK((context.contents.random.at(p.bias.index) == before.random.at(p.bias.index)) == (label > 3));
    context.out_of_memory = true;
    CHECK(jit.descriptor()->functions[0].code(&context, fields, &one, results) == TP_OUT_OF_MEMORY);
  }
  double* unwanted[] = {nullptr};
  const double label = 2.0;
  const double* fields[] = {&label};
  tp_context context(before, TP_F64, 64);
  CHECK(jit.descriptor()->functions[0].code(&context, fields, &one, unwanted) == TP_OK);
}

}  // namespace
