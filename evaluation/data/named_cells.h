/// \file Text tables whose cells are names: of users, items, words.
#pragma once

#include <string>
#include <vector>

#include "evaluation/sources/table.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// What one column of a table has.
struct CellColumn {
  const sema::IndexNames* names = nullptr;  ///< null: numbers
  bool may_be_absent = false;               ///< an empty cell is -1
};

/// The cells side by side, names as their indices; the first line names the columns. Errors: as of CellReader; another
/// number of columns, a name that the space does not have, no number; rows that are not there.
TableOrError read_named_cells(const std::string& path, const RowRange& range, const std::vector<CellColumn>& columns);

}  // namespace tpc::evaluation
