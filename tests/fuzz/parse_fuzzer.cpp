// Any bytes are parsed or refused with a diagnostic, and the tree and the diagnostics can be printed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "frontend/ast/printer.h"
#include "grammar/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const tpc::diag::Source source("fuzz.tp", std::string(bytes, bytes + size));
  tpc::diag::Engine engine;
  const auto program = tpc::grammar::parse(source, engine);
  if (program == nullptr && !engine.has_errors()) std::abort();
  if (program != nullptr && tpc::ast::print(*program).empty()) std::abort();
  std::ostringstream printed;
  tpc::diag::print(printed, source, engine, true);
  if (printed.str().empty() != engine.all().empty()) std::abort();
  return 0;
}
