/// \file The data sets of a program, read from their files, bound to `--data` and checked.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "evaluation/interpreter/interpreter.h"
#include "frontend/sema/program.h"

namespace tpc::driver {

using ir::tp::Batch;

/// A field's numbers for every example, row-major [count, size].
struct LoadedField {
  std::string name;
  int64_t size = 1;
  std::vector<double> values;
};

struct LoadedSet {
  std::string name;
  int64_t count = 0;
  std::vector<LoadedField> fields;

  [[nodiscard]] const LoadedField* field(const std::string& wanted) const;
  /// The given rows (from 0) of every field.
  [[nodiscard]] Batch batch(const std::vector<int64_t>& rows) const;
  /// Rows [begin, end).
  [[nodiscard]] Batch slice(int64_t begin, int64_t end) const;
};

/// Replaces the sources that `--data NAME=PATH` or `--data NAME.FIELD=PATH` names.
/// A path's extension decides: .npy is an array (of one field), everything else is csv.
struct DataBinding {
  std::map<std::string, std::string> set_paths;                           ///< by data set
  std::map<std::string, std::map<std::string, std::string>> field_paths;  ///< by data set and field
};

/// Reports names that the program does not declare.
DataBinding bind_data(const sema::Program& program, const std::map<std::string, std::string>& options,
                      diag::Engine& diagnostics);

/// Reads and checks every data set: columns, finite numbers, at least one example, class indices within the outputs.
/// Paths written in the program are relative to `program_directory`, those of the command line to the working
/// directory. Errors go to `diagnostics`, with file and row; then the result is incomplete.
std::vector<LoadedSet> load_data(const sema::Program& program, const DataBinding& binding,
                                 const std::string& program_directory, diag::Engine& diagnostics);

/// The set of that name. Precondition: it exists.
const LoadedSet& find_set(const std::vector<LoadedSet>& sets, const std::string& name);

}  // namespace tpc::driver
