#include "driver/provenance.h"

#include <algorithm>
#include <filesystem>

#include "base/files/input_file.h"
#include "base/sha256.h"
#include "driver/outputs.h"

namespace tpc::driver {
namespace {

std::optional<std::string> hash_of_file(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
  files::InputFile file(path);
  if (!file.error().empty()) return std::nullopt;
  Sha256 hash;
  std::vector<char> piece(size_t{1} << 16);
  while (file.stream().read(piece.data(), static_cast<std::streamsize>(piece.size())), file.stream().gcount() > 0) {
    hash.add({piece.data(), static_cast<size_t>(file.stream().gcount())});
  }
  return file.stream().bad() ? std::nullopt : std::optional(hash.hex());
}

}  // namespace

std::string version() { return TPC_VERSION; }

Provenance provenance_of(const Compilation& compilation, const Options& options) {
  Provenance provenance{version(), {compilation.source.name(), sha256(compilation.source.text())}, {}};
  for (const NamedFile& file : input_files(compilation, options)) {
    const bool known = file.path == options.file ||
                       std::ranges::find(provenance.data, file.path, &HashedFile::path) != provenance.data.end();
    if (!known) provenance.data.push_back({file.path, hash_of_file(file.path)});
  }
  return provenance;
}

}  // namespace tpc::driver
