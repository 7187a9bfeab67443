#include "evaluation/data/readers.h"

#include <algorithm>

#include "evaluation/sources/csv.h"
#include "evaluation/sources/npy.h"

namespace tpc::evaluation {
namespace {

/// A source of the language without a function read_NAME here does not compile.
constexpr Reader readers[] = {
#define TPC_DATA_SOURCE(kind, one_field) {"." #kind, one_field, read_##kind},
#include "frontend/sema/data_sources.def"
};
constexpr Reader text = {"", false, read_csv};

}  // namespace

const Reader& reader_of(const std::string& path) {
  const auto* found = std::find_if(std::begin(readers), std::end(readers),
                                   [&](const Reader& reader) { return path.ends_with(reader.ending); });
  return found == std::end(readers) ? text : *found;
}

}  // namespace tpc::evaluation
