#include "ir/core/text_parser.h"
#include "ir/core/text_printer.h"
#include "ir/tp/dialect.h"
#include "ir/tp/ir.h"

namespace tpc::ir::tp {

std::string print(const Module& module) { return print_module(dialect, module); }

std::variant<Module, ParseError> parse(std::string_view text) {
  ModuleParser<Op> parser(dialect, text);
  std::optional<Module> module = parser.parse();
  if (module) return std::move(*module);
  return ParseError{parser.error().line, parser.error().column, parser.error().message};
}

}  // namespace tpc::ir::tp
