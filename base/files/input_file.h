/// \file Files of the user that are read: regular ones, and pipes, which is what process substitution gives.
#pragma once

#include <istream>
#include <memory>
#include <streambuf>
#include <string>

namespace tpc::files {

/// Opens a file. Devices (/dev/zero never ends), directories and pipes that nobody writes to within ten seconds are
/// refused. Readers bound what they take: a pipe need not end.
class InputFile {
 public:
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Why it cannot be read; empty: it can.
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] bool is_regular() const { return is_regular_; }
  /// From the beginning, in one pass. A failure to read sets badbit.
  [[nodiscard]] std::istream& stream() { return stream_; }

 private:
  class Buffer;
  void open_pipe();

  std::string error_;
  bool is_regular_ = false;
  int descriptor_ = -1;
  std::unique_ptr<Buffer> buffer_;
  std::istream stream_{nullptr};
};

}  // namespace tpc::files
