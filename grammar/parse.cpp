#include "grammar/parse.h"

#include "grammar/library.h"
#include "grammar/reading.h"

namespace tpc::grammar {
namespace {

ast::Program assemble(std::vector<TopLevel> items, diag::Engine& diagnostics) {
  ast::Program program;
  bool has_model = false;
  for (TopLevel& item : items) {
    if (auto* declaration = std::get_if<ast::Declaration>(&item)) {
      program.declarations.push_back(std::move(*declaration));
      continue;
    }
    ast::Name& model = std::get<ast::Name>(item);
    if (has_model) {
      diagnostics.report(diag::Kind::repeated_model, model.span, {{"name", model.text}})
          .note("the first one is here", program.model.span);
    } else {
      program.model = std::move(model);
      has_model = true;
    }
  }
  // After another error the line may well be there, only not readable.
  if (!has_model && !diagnostics.has_errors()) diagnostics.report(diag::Kind::missing_model, Span{0, 0});
  return program;
}

}  // namespace

std::shared_ptr<const ast::Program> parse(const diag::Source& source, diag::Engine& diagnostics) {
  Reading reading = read(source, diagnostics);
  if (reading.tokens.empty()) return nullptr;
  ast::Program program = assemble(std::move(reading.items), diagnostics);
  program.library = library().definitions;
  return std::make_shared<const ast::Program>(std::move(program));
}

}  // namespace tpc::grammar
