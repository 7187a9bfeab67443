#include "driver/terminal/diagnostics.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace tpc::driver {

void print_diagnostics(const diag::Source& source, const diag::Engine& engine) {
  const bool color = diag::stream_wants_color(STDERR_FILENO);
  diag::print(std::cerr, source, engine, color);
  static bool has_told = false;
  const auto error = std::ranges::find_if(engine.all(), [](const diag::Diagnostic& diagnostic) {
    return diag::kind_severity(diagnostic.kind) == diag::Severity::error;
  });
  if (has_told || error == engine.all().end() || isatty(STDERR_FILENO) == 0) return;
  has_told = true;
  std::cerr << (color ? "\033[2m" : "") << "tpc explain " << diag::kind_name(error->kind) << "   says more of this"
            << (color ? "\033[0m" : "") << '\n';
}

}  // namespace tpc::driver
