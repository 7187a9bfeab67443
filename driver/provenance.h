/// \file What a result comes from: version, program and files with their hashes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/compile.h"
#include "driver/options.h"

namespace tpc::driver {

struct HashedFile {
  std::string path;
  std::optional<std::string> sha256;  ///< empty: it is no regular file (a pipe), and can be read once only
};

struct Provenance {
  std::string version;  ///< of tpc
  HashedFile program;   ///< "<stdin>", if it is that
  std::vector<HashedFile> data;
};

/// Reads the files. Precondition: a checked program.
Provenance provenance_of(const Compilation& compilation, const Options& options);

std::string version();

}  // namespace tpc::driver
