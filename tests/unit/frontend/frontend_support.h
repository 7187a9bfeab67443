/// \file Helpers of the frontend tests: a text through parser and checker, and a small program to vary.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "frontend/sema/sema.h"

namespace tpc::test {

struct Checked {
  diag::Source source;
  diag::Engine diagnostics;
  std::optional<sema::Program> program;

  /// All diagnostics as printed.
  [[nodiscard]] std::string printed() const;
  /// The source text a diagnostic points at.
  [[nodiscard]] std::string caret_text(const diag::Diagnostic& diagnostic) const;
  [[nodiscard]] std::vector<std::string> kinds() const;
};

Checked check_text(const std::string& text, const sema::Overrides& overrides = {});
Checked check_text(const std::string& text, const sema::Overrides& overrides, sema::SourceFiles& files);
/// "[mixed-groups]": of the only diagnostic that there must be.
std::string only_kind(const Checked& checked);
/// Checks a text that must be right.
sema::Program accept(const std::string& text, const sema::Overrides& overrides = {});

/// A right program with one hidden layer, that the tests change in one place.
extern const std::string base_program;
/// The text with the first occurrence of `from` replaced; it has one.
std::string replaced(std::string text, const std::string& from, const std::string& to);
/// base_program with the only occurrence of `from` replaced.
std::string varied(const std::string& from, const std::string& to);

}  // namespace tpc::test
