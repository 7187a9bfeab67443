// Whole networks: training steps and predictions against the plain evaluator.
#include "tests/unit/codegen/network.h"

#include <doctest/doctest.h>

#include "tests/unit/codegen/harness.h"

namespace {

using namespace tpc;
using namespace tpc::test;

TEST_CASE("networks train and predict like the plain evaluator, step after step") {
  for (const auto nonlinearity : {ir::Primitive::Tanh, ir::Primitive::Relu}) {
    for (int layers = 1; layers <= 3; ++layers) {
      for (int64_t inputs : {3, 24}) {
        const auto module = network({inputs, 2, layers, nonlinearity, 0.5});
        CAPTURE(layers);
        CAPTURE(inputs);
        for (const std::string& problem : ir::limit::verify(module)) FAIL(problem);
        const auto jit = compile(module);
        std::mt19937_64 random(7);
        Contents contents = random_contents(module, 192, random);
        const Fields fields = random_fields(module, 4, random);
        for (int step = 0; step < 3; ++step) {
          const auto expected = evaluate(module, module.functions[0], contents, fields, 4);
          check_same(run_compiled(jit, "step", contents, fields, 4), expected, 1e-10);
          check_same(run_compiled(jit, "predict", contents, fields, 4),
                     evaluate(module, module.functions[1], contents, fields, 4), 1e-10);
          contents = expected.after;
        }
      }
    }
  }
}

TEST_CASE("single precision stays close to double precision") {
  const auto module = network({24, 10, 3, ir::Primitive::Tanh, 0.1});
  std::mt19937_64 random(11);
  const Contents contents = random_contents(module, 512, random);
  const Fields fields = random_fields(module, 6, random);
  codegen::CodegenOptions options;
  options.precision = TP_F32;
  check_same(run_compiled(compile(module, options), "step", contents, fields, 6),
             evaluate(module, module.functions[0], contents, fields, 6), 2e-5);
}

}  // namespace
