#include "driver/server/library_files.h"

#include <cstdlib>
#include <filesystem>

#include "base/files/output_file.h"
#include "driver/provenance.h"
#include "driver/terminal/files.h"

namespace tpc::driver::server {
namespace {

namespace fs = std::filesystem;

/// https://specifications.freedesktop.org/basedir-spec
fs::path cache_folder() {
  const char* const own = std::getenv("XDG_CACHE_HOME");
  if (own != nullptr && fs::path(own).is_absolute()) return own;
  const char* const home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? fs::path(home) / ".cache" : fs::path();
}

}  // namespace

std::string library_folder() {
  const fs::path cache = cache_folder();
  return cache.empty() ? "" : (cache / "tpc" / version()).string();
}

std::string library_file(const diag::Source& text) {
  const std::string folder = library_folder();
  if (folder.empty()) return "";
  const fs::path path = fs::path(folder) / text.name();  // "library/convolution.tp"
  std::string there;
  const bool same = read_text_file(path.string(), there).empty() && there == text.text();
  if (same) return path.string();
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  return !error && files::write_file(path.string(), text.text()).empty() ? path.string() : "";
}

}  // namespace tpc::driver::server
