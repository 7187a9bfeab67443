#include "evaluation/data/readers.h"

#include <algorithm>

#include "evaluation/data/csv.h"
#include "evaluation/data/npy.h"

namespace tpc::evaluation {
namespace {

/// The first that fits.
constexpr Reader readers[] = {{".npy", true, read_npy}, {"", false, read_csv}};

}  // namespace

const Reader& reader_of(const std::string& path) {
  return *std::find_if(std::begin(readers), std::end(readers),
                       [&](const Reader& reader) { return path.ends_with(reader.ending); });
}

}  // namespace tpc::evaluation
