/// \file Data sets whose examples are tasks: drawn from a table of classes, or replayed from a file.
#pragma once

#include <string>
#include <variant>

#include "evaluation/data/fields.h"
#include "evaluation/sources/table.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// Where the files of a task set lie.
struct TaskFiles {
  std::string array, table, replayed;  ///< `table`, `replayed`: empty if there is none
};

/// The data set `tasks`, which draws from `table` (SourceKind::items). Errors: those of the files, and a class that has
/// too few items. Whoever asks for example t gets the same task, in whatever order.
std::variant<LoadedSet, FileError> load_tasks(const sema::DataSet& tasks, const sema::DataSet& table,
                                              const TaskFiles& files);

/// The data set `tasks` of rows of a table, those with one value of a field each (Episodes::task). `place`: of the
/// table, to speak of. Errors: a task of too few rows.
std::variant<LoadedSet, FileError> load_grouped_tasks(const sema::DataSet& tasks, const LoadedSet& table,
                                                      const std::string& place);

}  // namespace tpc::evaluation
