/// \file `tpc derive`: the equations of the limit.
#include "passes/derive/derive.h"

#include <iostream>

#include "driver/commands.h"
#include "driver/compile.h"

namespace tpc::driver {

int command_derive(const Options& options) {
  const auto compilation = compile(options, Stage::limit);
  if (!compilation) return exit_user_error;
  // Expectations as expectations, not as the formulas they are evaluated by.
  const ir::limit::Module& limit = compilation->random_limit ? *compilation->random_limit : *compilation->limit;
  std::cout << (options.json()              ? passes::derive_json(limit)
                : options.format == "latex" ? passes::derive_latex(limit)
                                            : passes::derive_text(limit));
  return exit_success;
}

}  // namespace tpc::driver
