/// \file Text tables of which the first line names the columns: fields made of some of them, in any order, and cells
/// that are names of users, items, words.
#pragma once

#include <string>
#include <vector>

#include "evaluation/sources/table.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// What the cells of one field are, and which columns.
struct FieldCells {
  std::string field;
  size_t size = 1;                          ///< how many columns
  std::vector<sema::NamedColumns> columns;  ///< empty: those that follow the field before
  const sema::IndexNames* names = nullptr;  ///< null: numbers
  bool may_be_absent = false;               ///< an empty cell is -1
};

/// The cells of the fields side by side, names as their indices. Columns that no field asks for are not looked at; if
/// none is asked for by name there are no others. Errors: as of CellReader; another number of columns, in all or of a
/// field; a column without a name among those from one to another; a name that the space does not have, no finite
/// number; rows that are not there.
TableOrError read_named_cells(const std::string& path, const RowRange& range, const std::vector<FieldCells>& fields);

}  // namespace tpc::evaluation
