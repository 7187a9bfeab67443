#include "grammar/library.h"

#include "base/diag/check.h"
#include "grammar/limits.h"
#include "grammar/reading.h"
#include "library/texts.h"

namespace tpc::grammar {
namespace {

Library read() {
  Library library;
  std::vector<ast::Def> definitions;
  uint32_t first = first_byte_of_library;
  for (const EmbeddedText& text : library::texts()) {
    const auto source = std::make_shared<const diag::Source>(text.name, text.text, first);
    first += static_cast<uint32_t>(source->text().size()) + 1;
    diag::Engine diagnostics;
    for (TopLevel& item : grammar::read(*source, diagnostics).items) {
      auto* declaration = std::get_if<ast::Declaration>(&item);
      auto* def = declaration != nullptr ? std::get_if<ast::Def>(declaration) : nullptr;
      TPC_CHECK(def != nullptr, "the library has defs alone");
      definitions.push_back(std::move(*def));
    }
    TPC_CHECK(!diagnostics.has_errors(), std::string(text.name) + " cannot be read");
    library.sources.push_back(source);
  }
  library.definitions = std::make_shared<const std::vector<ast::Def>>(std::move(definitions));
  return library;
}

}  // namespace

const Library& library() {
  static const Library all = read();
  return all;
}

}  // namespace tpc::grammar
