/// \file The file formats of data sets, by the ending of a path.
#pragma once

#include "evaluation/sources/table.h"

namespace tpc::evaluation {

struct Reader {
  const char* ending;  ///< of the path
  bool one_field;      ///< a file holds one field; other formats hold all fields side by side
  TableOrError (*read)(const std::string& path, const RowRange& range, std::size_t columns);
};

/// The reader of a path; of csv if no format has its ending.
const Reader& reader_of(const std::string& path);

}  // namespace tpc::evaluation
