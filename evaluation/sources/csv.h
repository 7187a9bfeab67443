/// \file Tables of numbers in text files.
#pragma once

#include "evaluation/sources/table.h"

namespace tpc::evaluation {

/// Reads a text file of numbers, one row a line. Cells are separated by `;` if the first line has one, else by `,`,
/// else by white space; they may be quoted with `"`. A first line without any number is a header and is skipped; so are
/// empty lines and those that begin with `#`. Lines end with LF or CR LF. `columns`: how many there must be, 0: as many
/// as in the first row. Errors: the file cannot be read, is empty or has no such rows; a row of another length; a cell
/// that is not a finite number.
TableOrError read_csv(const std::string& path, const RowRange& range = {}, std::size_t columns = 0);

}  // namespace tpc::evaluation
