/// \file `tpc derive`: the equations of the limit.
#include "equations/derive.h"

#include <iostream>

#include "driver/commands/commands.h"
#include "driver/compile.h"
#include "driver/report/page/sections.h"
#include "driver/shown_equations.h"

namespace tpc::driver {
namespace {

/// A page with the equations alone.
std::string derive_page(const sema::Program& program, const ShownEquations& shown) {
  return page::page({program.model, page::escaped(program.parametrization), {}}, {page::equations_section(shown)});
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
  ShownEquations shown = shown_equations(*compilation);
  // Formulas mix the numbers that names stand for with those of closed forms.
  if (options.symbolic) shown.evaluation.formulas = nullptr, shown.evaluation.sampled.clear();
  std::cout << (options.json()              ? equations::derive_json(shown.limit, shown.evaluation)
                : options.format == "latex" ? equations::derive_latex(shown.limit, shown.evaluation)
                : options.format == "html"  ? derive_page(*compilation->program, shown)
                                            : equations::derive_text(shown.limit, shown.evaluation));
  return exit_success;
}

}  // namespace tpc::driver
