/// \file From a rule that did not match to a diagnostic a user can act on. The rules reach it through their context.
#pragma once

#include <string>

#include "base/diag/diagnostic.h"
#include "grammar/token.h"

namespace tpc::grammar {

class Reporter {
 public:
  explicit Reporter(diag::Engine& diagnostics) : diagnostics_(diagnostics) {}

  /// The statement or declaration that begins at `start` could not be read at `where`, where `expected` was.
  void report(const Token* start, const Token* where, const std::string& expected);

  [[nodiscard]] bool full() const { return diagnostics_.full(); }

 private:
  diag::Engine& diagnostics_;
};

/// What the rules call themselves in messages, where the reporter needs to know it.
inline constexpr const char* declaration_label = "a declaration";

}  // namespace tpc::grammar
