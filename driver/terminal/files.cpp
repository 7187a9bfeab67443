#include "driver/terminal/files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "grammar/limits.h"

namespace tpc::driver {
namespace {

std::string last_error() { return std::strerror(errno != 0 ? errno : EIO); }

std::string read_stream(std::istream& in, std::string& text) {
  char block[1 << 14];
  while (in.read(block, sizeof block), in.gcount() > 0) {
    text.append(block, static_cast<size_t>(in.gcount()));
    if (text.size() > grammar::most_bytes) {  // the parser refuses it, and names the bound
      text.resize(grammar::most_bytes + 1);
      break;
    }
  }
  return in.bad() ? last_error() : std::string();
}

}  // namespace

std::string read_text_file(const std::string& path, std::string& text) {
  if (path == "-") return read_stream(std::cin, text);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return "it is a directory";
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  return in ? read_stream(in, text) : last_error();
}

std::string write_text_file(const std::string& path, const std::string& text) {
  std::error_code error;
  const bool plain = !std::filesystem::exists(path, error) || std::filesystem::is_regular_file(path, error);
  const std::string target = plain ? path + ".part" : path;  // a device or pipe is written to directly
  errno = 0;
  std::ofstream out(target, std::ios::binary);
  out << text;
  out.close();
  if (!out) return last_error();
  if (!plain) return {};
  std::filesystem::rename(target, path, error);
  return error ? error.message() : std::string();
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
