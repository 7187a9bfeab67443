#include "driver/terminal/files.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <iostream>

#include "base/files/input_file.h"

namespace tpc::driver {
namespace {

std::string last_error() { return std::strerror(errno != 0 ? errno : EIO); }

std::string read_stream(std::istream& in, std::string& text, size_t most) {
  char block[1 << 14];
  while (in.read(block, sizeof block), in.gcount() > 0) {
    text.append(block, static_cast<size_t>(in.gcount()));
    if (text.size() > most) {
      text.resize(most + 1);
      break;
    }
  }
  return in.bad() ? last_error() : std::string();
}

}  // namespace

std::string read_text_file(const std::string& path, std::string& text, size_t most) {
  errno = 0;
  if (path == "-") {
    const std::string failure = read_stream(std::cin, text, most);
    return failure.empty() && std::ferror(stdin) != 0 ? last_error() : failure;
  }
  files::InputFile file(path);
  return file.error().empty() ? read_stream(file.stream(), text, most) : file.error();
}

std::string obstacle_to_writing(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return "it is a directory";
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  if (!fs::is_directory(folder, ignored)) return std::strerror(ENOENT);
  const bool exists = fs::exists(path, ignored);
  const int status = access(exists ? path.c_str() : folder.c_str(), W_OK);
  return status == 0 ? std::string() : last_error();
}

namespace {

/// The folders at these places seen from the running program; empty: where that lies is not known.
std::vector<std::string> folders_seen_from_program(std::initializer_list<const char*> places) {
  namespace fs = std::filesystem;
  std::vector<std::string> folders;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return folders;
  for (const char* relative : places) {
    const std::string folder = fs::weakly_canonical(program.parent_path() / relative, error).string();
    if (!error && (folders.empty() || folders.back() != folder)) folders.push_back(folder);
  }
  return folders;
}

/// The first of them that holds the file or folder; empty: none does.
std::string folder_with(const std::vector<std::string>& folders, const std::string& name) {
  for (const std::string& folder : folders) {
    std::error_code error;
    if (std::filesystem::exists(std::filesystem::path(folder) / name, error)) return folder;
  }
  return {};
}

}  // namespace

std::vector<std::string> runtime_library_candidates() {
  return folders_seen_from_program({"../" TPC_LIBRARY_DIRECTORY, "../lib", "../runtime"});
}

std::string runtime_library_directory() { return folder_with(runtime_library_candidates(), runtime_library); }

std::string python_folder(const std::string& name) {
  const std::string folder =
      folder_with(folders_seen_from_program({"../" TPC_DATA_DIRECTORY "/tpc/python", "../python"}), name);
  return folder.empty() ? folder : folder + "/" + name;
}

}  // namespace tpc::driver
