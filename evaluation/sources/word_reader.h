/// \file The words of a large text, one after another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files/input_file.h"
#include "evaluation/sources/table.h"

namespace tpc::evaluation {

/// Words are what stands between blanks, tabs and ends of lines. The file is regular, since a corpus is read more than
/// once; little of it is in memory. Errors: it cannot be read or is a pipe; a word of more than 64 KiB.
class WordReader {
 public:
  explicit WordReader(const std::string& path);

  /// The next word, valid until the next call. False: there is none, or an error.
  bool next(std::string_view& word);
  /// Words read so far.
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] const std::optional<FileError>& error() const { return error_; }

 private:
  bool refill(std::size_t kept_from);

  std::string path_;
  files::InputFile file_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, end_ = 0;
  bool at_end_ = false;
  std::int64_t count_ = 0;
  std::optional<FileError> error_;
};

}  // namespace tpc::evaluation
