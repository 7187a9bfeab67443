#include "evaluation/sources/lines.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace tpc::evaluation {
namespace {

constexpr const char* line_blanks = " \t\r";
constexpr std::uint64_t most_bytes = std::uint64_t{16} << 30;
constexpr std::size_t most_line = std::size_t{256} << 20;
constexpr int end_of_file = std::char_traits<char>::eof();

}  // namespace

int LineReader::take(std::streambuf& bytes) {
  try {
    return bytes.sbumpc();
  } catch (const std::runtime_error&) {  // as an istream does
    error_ = FileError{path_, 0, 0, std::string("cannot be read: ") + std::strerror(errno)};
    return end_of_file;
  }
}

bool LineReader::read_line(std::string& line) {
  std::streambuf& bytes = *file_.stream().rdbuf();
  for (int byte = take(bytes); byte != end_of_file; byte = take(bytes)) {
    if (byte == '\n') return true;
    line += static_cast<char>(byte);
    if (++bytes_ <= most_bytes && line.size() <= most_line) continue;
    error_ = FileError{path_, number_ + 1, 0,
                       bytes_ > most_bytes ? "the file is longer than 16 GiB" : "the line is longer than 256 MiB"};
    return false;
  }
  return !error_ && !line.empty();
}

bool LineReader::next(std::string& line) {
  line.clear();
  if (error_) return false;
  if (!file_.error().empty()) {
    error_ = FileError{path_, 0, 0, "cannot be read: " + file_.error()};
    return false;
  }
  if (!read_line(line)) return false;
  ++number_;
  if (number_ == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
  return true;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(line_blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(line_blanks) - begin + 1);
}

std::string_view first_word(std::string_view line) {
  line = trimmed(line);
  return line.substr(0, std::min(line.find_first_of(line_blanks), line.size()));
}

}  // namespace tpc::evaluation
