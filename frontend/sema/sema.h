/// \file Checks a parsed program: names, shapes, constants, parametrization, data and train blocks. Reports every
/// independent error it finds.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/diag/diagnostic.h"
#include "frontend/sema/names.h"
#include "frontend/sema/program.h"

namespace tpc::sema {

/// From the command line.
struct Overrides {
  std::optional<std::string> parametrization;  ///< --param NAME
  std::map<std::string, std::string> values;   ///< --set NAME=VALUE: dims, lr, steps, epochs, batch
  bool repeat_loops = false;                   ///< no loop is read once for all its iterations
};

/// What a program takes from its files before it is checked: sizes. Paths are as written in the program.
class SourceFiles {
 public:
  virtual ~SourceFiles() = default;
  /// How many rows each task of a file of episodes has in the part of this name; empty if an error was reported, at
  /// `where`.
  virtual std::optional<int64_t> rows_of_a_task(const std::string& path, const std::string& part, Span where) = 0;
  /// The names that a dimension gets from a file; null if an error was reported, at `where`.
  virtual std::shared_ptr<const IndexNames> index_names(const IndexSource& source, Span where) = 0;
};

/// Empty if an error was reported to `diagnostics`. `names`: takes what names mean, as far as they could be checked.
std::optional<Program> check(std::shared_ptr<const ast::Program> syntax, const Overrides& overrides, SourceFiles& files,
                             diag::Engine& diagnostics, Names* names = nullptr);

/// The same where there are no files: a program that takes a size from one is in error.
std::optional<Program> check(std::shared_ptr<const ast::Program> syntax, const Overrides& overrides,
                             diag::Engine& diagnostics, Names* names = nullptr);

}  // namespace tpc::sema
