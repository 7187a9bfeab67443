#include "driver/shown_equations.h"

namespace tpc::driver {
namespace {

/// "accuracy(f, label) on test", as in the results of `tpc run`.
std::map<ir::FunctionKey, std::string> observed_by_function(const sema::Program& program) {
  std::map<ir::FunctionKey, std::string> observed;
  for (const sema::Observation& observation : program.observations) {
    std::string sets;
    for (const std::string& name : observation.data_sets) sets += (sets.empty() ? " on " : ", ") + name;
    observed.emplace(observation.function, observation.text + sets);
  }
  return observed;
}

}  // namespace

ShownEquations shown_equations(const Compilation& compilation) {
  // Expectations as expectations first, then the formulas they are evaluated by.
  const ir::limit::Module& limit = compilation.random_limit ? *compilation.random_limit : *compilation.limit;
  return {limit,
          {observed_by_function(*compilation.program), &*compilation.limit, compilation.sampled,
           compilation.zero_expectations, compilation.names}};
}

}  // namespace tpc::driver
