/// \file Bytes of a saved state: little-endian, counted, with a checksum at the end; a file is replaced only when its
/// successor is complete. A symbolic link is followed; pipes and devices are written to as they are.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace tpc::runtime {

static_assert(std::endian::native == std::endian::little, "saved states are written as they lie in memory");

/// A sum over all bytes in pieces of any size: the same for the same sequence of calls.
class Checksum {
 public:
  void add(const void* data, std::size_t bytes);
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0x9e3779b97f4a7c15u;
};

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, FileCloser>;

/// Throws TP_FILE on any failure. Without finish() nothing is left behind.
class StateWriter {
 public:
  explicit StateWriter(const std::string& path);
  ~StateWriter();
  StateWriter(const StateWriter&) = delete;
  StateWriter& operator=(const StateWriter&) = delete;

  void bytes(const void* data, std::size_t count);
  template <class T>
  void value(const T& value) {
    static_assert(std::is_arithmetic_v<T>);
    bytes(&value, sizeof value);
  }
  void finish();

 private:
  std::string path_, target_, temporary_;  ///< as given, behind its links, beside that (empty: written directly)
  FileHandle file_;
  Checksum checksum_;
};

/// Throws TP_FILE if the file cannot be read, is too short or too long, or its checksum is wrong (known after finish():
/// what was read before must be discarded then).
class StateReader {
 public:
  explicit StateReader(const std::string& path);

  void bytes(void* data, std::size_t count);
  template <class T>
  T value() {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    bytes(&value, sizeof value);
    return value;
  }
  /// A number of things that need `bytes_each` bytes of this file: refused if the file does not hold them.
  std::size_t counted(double bytes_each);
  void require_left(double bytes) const;
  void finish();
  [[noreturn]] void refuse(const std::string& why) const;

 private:
  std::string path_;
  FileHandle file_;
  Checksum checksum_;
  std::uint64_t left_ = 0;  ///< bytes before the checksum
};

}  // namespace tpc::runtime
