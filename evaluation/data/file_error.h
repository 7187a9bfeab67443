/// \file Where in a file an error is, in words.
#pragma once

#include <string>

#include "evaluation/sources/table.h"

namespace tpc::evaluation {

/// "a.csv, row 3, column 2".
inline std::string place_of(const FileError& error) {
  std::string place = error.file;
  if (error.row > 0) place += ", row " + std::to_string(error.row);
  if (error.column > 0) place += ", column " + std::to_string(error.column);
  return place;
}

}  // namespace tpc::evaluation
