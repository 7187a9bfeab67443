#include "grammar/parse.h"

#include "grammar/layout.h"
#include "grammar/lexical.h"
#include "grammar/library.h"
#include "grammar/limits.h"
#include "grammar/program.h"

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
  if (source.text().size() > most_bytes) {
    diagnostics.report(diag::Kind::input_too_large, Span{0, 0},
                       {{"size", std::to_string(source.text().size())}, {"limit", std::to_string(most_bytes)}});
    return nullptr;
  }
  const Tokens raw_tokens = tokenize(source, diagnostics);
  if (raw_tokens.empty()) return nullptr;
  const Tokens tokens = lay_out(raw_tokens, diagnostics);
  Reporter reporter(diagnostics);
  ast::Program program = assemble(parse_declarations(tokens, reporter), diagnostics);
  program.library = library().definitions;
  return std::make_shared<const ast::Program>(std::move(program));
}

}  // namespace tpc::grammar
