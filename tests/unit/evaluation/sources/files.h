/// \file Files that live as long as a test, and the data shared beside the source tree.
#pragma once

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "evaluation/sources/table.h"

/// A new empty folder, removed at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tpc_sources_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string file(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

/// The bytes of a NumPy array.
template <class T>
std::string npy_bytes(const std::string& type, const std::string& shape, const std::vector<T>& values) {
  const std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return bytes;
}

/// "NAME:row:column message" of an error, without the folder of the file.
template <class T>
std::string error_of(const std::variant<T, tpc::evaluation::FileError>& result) {
  const auto* error = std::get_if<tpc::evaluation::FileError>(&result);
  if (error == nullptr) return "no error";
  const std::string folder = std::filesystem::path(error->file).parent_path().string() + "/";
  std::string message = error->message;
  for (std::size_t at = message.find(folder); at != std::string::npos; at = message.find(folder)) {
    message.erase(at, folder.size());
  }
  return std::filesystem::path(error->file).filename().string() + ":" + std::to_string(error->row) + ":" +
         std::to_string(error->column) + " " + message;
}

template <class T>
T value_of(std::variant<T, tpc::evaluation::FileError>&& result) {
  INFO(error_of(result));
  REQUIRE(std::holds_alternative<T>(result));
  return std::get<T>(std::move(result));
}

/// A file of shared/, a folder beside the source tree or further up; nothing, and a message, where there is none.
inline std::optional<std::string> shared_file(const std::string& name) {
  for (std::filesystem::path at = TPC_SOURCE_DIR; at.has_relative_path(); at = at.parent_path()) {
    if (std::filesystem::exists(at / "shared" / name)) return (at / "shared" / name).string();
  }
  MESSAGE("SKIPPED, not checked: there is no shared/" << name);
  return std::nullopt;
}
