#include "grammar/reading.h"

#include "grammar/layout.h"
#include "grammar/lexical.h"
#include "grammar/limits.h"

namespace tpc::grammar {

Reading read(const diag::Source& source, diag::Engine& diagnostics) {
  Reading reading;
  if (source.text().size() > most_bytes) {
    diagnostics.report(diag::Kind::input_too_large, Span{0, 0},
                       {{"size", std::to_string(source.text().size())}, {"limit", std::to_string(most_bytes)}});
    return reading;
  }
  reading.tokens = tokenize(source, diagnostics);
  if (reading.tokens.empty()) return reading;
  reading.laid_out = lay_out(reading.tokens, diagnostics);
  Reporter reporter(diagnostics);
  reading.items = parse_declarations(reading.laid_out, reporter);
  return reading;
}

}  // namespace tpc::grammar
