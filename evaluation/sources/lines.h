/// \file Text files, a line at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/files/input_file.h"
#include "evaluation/sources/table.h"

namespace tpc::evaluation {

/// Regular files and pipes. What is read is bounded: a pipe need not end (16 GiB in all, 256 MiB a line).
class LineReader {
 public:
  explicit LineReader(const std::string& path) : path_(path), file_(path) {}

  /// The next line without its LF and without a byte order mark. False: there is none, or an error.
  bool next(std::string& line);
  /// Of the line read last, from 1.
  [[nodiscard]] std::size_t number() const { return number_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Why it ended before the end of the file, if it did.
  [[nodiscard]] const std::optional<FileError>& error() const { return error_; }

 private:
  int take(std::streambuf& bytes);
  bool read_line(std::string& line);

  std::string path_;
  files::InputFile file_;
  std::uint64_t bytes_ = 0;
  std::size_t number_ = 0;
  std::optional<FileError> error_;
};

/// Without blanks, tabs and CR at both ends.
std::string_view trimmed(std::string_view text);

/// The first word of a line, up to a blank; empty: the line is blank.
std::string_view first_word(std::string_view line);

}  // namespace tpc::evaluation
