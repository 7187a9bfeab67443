/// \file `tpc derive`: the equations of the limit.
#include "equations/derive.h"

#include <iostream>

#include "driver/commands/commands.h"
#include "driver/compile.h"

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

int command_derive(const Options& options) {
  const auto compilation = compile(options, Stage::limit, Training::optional);
  if (!compilation) return exit_user_error;
  if (!compilation->program->train) {
    std::cerr << (compilation->random_limit
                      ? "note: the program has no `train` block: the training is plain descent on a squared loss\n"
                      : "note: the program has no `train` block: the equations are those of the forward pass\n");
  }
  // Expectations as expectations first, then the formulas they are evaluated by.
  const ir::limit::Module& limit = compilation->random_limit ? *compilation->random_limit : *compilation->limit;
  equations::Evaluation evaluation{observed_by_function(*compilation->program), &*compilation->limit,
                                   compilation->sampled, compilation->zero_expectations, compilation->names};
  // Formulas mix the numbers that names stand for with those of closed forms.
  if (options.symbolic) evaluation.formulas = nullptr, evaluation.sampled.clear();
  std::cout << (options.json()              ? equations::derive_json(limit, evaluation)
                : options.format == "latex" ? equations::derive_latex(limit, evaluation)
                                            : equations::derive_text(limit, evaluation));
  return exit_success;
}

}  // namespace tpc::driver
