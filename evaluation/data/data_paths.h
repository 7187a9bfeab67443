/// \file Where the data of a program lie: the paths it says, and what `--data` puts in their place.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// Replaces the sources that `--data NAME=PATH` or `--data NAME.FIELD=PATH` names.
/// A field that is not named keeps its own file, if the program gives it one. A path's extension decides: .npy is an
/// array (of one field), everything else is csv.
struct DataBinding {
  std::map<std::string, std::string> set_paths;                           ///< by data set
  std::map<std::string, std::map<std::string, std::string>> field_paths;  ///< by data set and field
};

/// Reports names that the program does not declare.
DataBinding bind_data(const sema::Program& program, const std::map<std::string, std::string>& options,
                      diag::Engine& diagnostics);

/// The files that load_data reads, in the order of the program.
std::vector<std::string> data_paths(const sema::Program& program, const DataBinding& binding,
                                    const std::string& program_directory);

/// --data characters.where=PATH: the table of an array by class and item.
inline constexpr const char* where_key = "where";

std::string in_directory(const std::string& program_directory, const std::string& path);

/// Where fields have files of their own, by field: the program's, and in their place those of the command line.
std::map<std::string, std::string> field_paths(const sema::DataSet& set, const DataBinding& binding,
                                               const std::string& program_directory);

/// Where all fields of a set lie side by side; empty: in the program, or each field has its own file.
std::string table_path(const sema::DataSet& set, const DataBinding& binding, const std::string& program_directory);

}  // namespace tpc::evaluation
