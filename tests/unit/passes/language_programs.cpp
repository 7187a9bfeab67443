#include "language_programs.h"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>
#include <vector>

#include "evaluation/interpreter/interpreter.h"
#include "frontend/sema/sema.h"
#include "grammar/parse.h"
#include "passes/autodiff/autodiff.h"

namespace tpc::testing {

sema::Program checked_program(const std::string& text) {
  const diag::Source source("program.tp", text);
  diag::Engine diagnostics;
  const auto syntax = grammar::parse(source, diagnostics);
  REQUIRE(syntax != nullptr);
  auto program = sema::check(syntax, {}, diagnostics);
  std::ostringstream printed;
  diag::print(printed, source, diagnostics, false);
  INFO(printed.str());
  REQUIRE(program.has_value());
  return *program;
}

void check_gradients_by_differences(ir::tp::Module module, int64_t width, uint64_t seed,
                                    const evaluation::Batch& batch) {
  passes::add_gradient(module);
  const std::vector<std::string> faults = ir::tp::verify(module);
  REQUIRE_MESSAGE(faults.empty(), faults.front());
  evaluation::Interpreter interpreter(module, width, seed, 1);
  const auto gradient = interpreter.run(ir::FunctionRole::gradient, batch);
  auto loss_now = [&] { return interpreter.run(ir::FunctionRole::loss, batch).at("loss")[0]; };
  CAPTURE(seed);
  CHECK(gradient.at("loss")[0] == doctest::Approx(loss_now()).epsilon(1e-13));
  for (size_t i = 0; i < module.states.size(); ++i) {
    CAPTURE(module.states[i].name);
    const ir::StateId state(i);
    const auto found = gradient.find("d." + module.states[i].name);
    const std::vector<double> entries = interpreter.state(state);
    for (size_t j = 0; j < entries.size(); ++j) {
      auto moved = [&](double step) {
        std::vector<double> other = entries;
        other[j] += step;
        interpreter.set_state(state, other);
        return loss_now();
      };
      constexpr double h = 1e-3;
      const double expected = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
      const double got = found == gradient.end() ? 0.0 : found->second[j];
      CHECK(std::fabs(got - expected) < 1e-8 * (1 + std::fabs(expected)));
    }
    interpreter.set_state(state, entries);
  }
}

}  // namespace tpc::testing
