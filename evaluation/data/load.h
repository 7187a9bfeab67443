/// \file The data sets of a program, read from their files, bound to `--data` and checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "evaluation/data/data_paths.h"
#include "evaluation/data/fields.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// Reads and checks every data set: columns, finite numbers, at least one example, class indices within the outputs.
/// Paths written in the program are relative to `program_directory`, those of the command line to the working
/// directory. Errors go to `diagnostics`, with file and row; then the result is incomplete.
std::vector<LoadedSet> load_data(const sema::Program& program, const DataBinding& binding,
                                 const std::string& program_directory, diag::Engine& diagnostics);

/// How many examples the data set of this name has. Reads it as load_data does; empty if there is an error.
std::optional<int64_t> count_examples(const sema::Program& program, const std::string& set_name,
                                      const DataBinding& binding, const std::string& program_directory,
                                      diag::Engine& diagnostics);

}  // namespace tpc::evaluation
