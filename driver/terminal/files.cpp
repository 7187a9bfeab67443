#include "driver/terminal/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "base/files/input_file.h"

namespace tpc::driver {
namespace {

std::string read_stream(std::istream& in, std::string& text, size_t most) {
  char block[1 << 14];
  while (in.read(block, sizeof block), in.gcount() > 0) {
    text.append(block, static_cast<size_t>(in.gcount()));
    if (text.size() > most) {
      text.resize(most + 1);
      break;
    }
  }
  return in.bad() ? std::strerror(errno != 0 ? errno : EIO) : std::string();
}

}  // namespace

std::string read_text_file(const std::string& path, std::string& text, size_t most) {
  errno = 0;
  if (path == "-") {
    const std::string failure = read_stream(std::cin, text, most);
    return failure.empty() && std::ferror(stdin) != 0 ? std::strerror(errno != 0 ? errno : EIO) : failure;
  }
  files::InputFile file(path);
  return file.error().empty() ? read_stream(file.stream(), text, most) : file.error();
}

std::string runtime_library_directory() {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  for (const char* relative : {"../lib", "../runtime"}) {
    const fs::path folder = fs::weakly_canonical(program.parent_path() / relative, error);
    if (error || !fs::is_directory(folder, error)) continue;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().filename().string().starts_with("libtpc_runtime.")) return folder.string();
    }
  }
  return {};
}

}  // namespace tpc::driver
