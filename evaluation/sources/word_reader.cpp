#include "evaluation/sources/word_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace tpc::evaluation {
namespace {

constexpr std::size_t longest_word = std::size_t{1} << 16;
constexpr std::size_t buffer_bytes = 4 * longest_word;

bool is_blank(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

}  // namespace

WordReader::WordReader(const std::string& path) : path_(path), file_(path), buffer_(buffer_bytes) {
  const auto fail = [&](std::string message) { error_ = FileError{path, 0, 0, std::move(message)}; };
  if (!file_.error().empty()) {
    fail("cannot be read: " + file_.error());
  } else if (!file_.is_regular()) {
    fail("is a pipe; a text is read more than once, from a regular file");
  }
}

bool WordReader::next(std::string_view& word) {
  if (error_) return false;
  for (;; ++at_) {
    if (at_ == end_ && !refill(end_)) return false;
    if (!is_blank(buffer_[at_])) break;
  }
  std::size_t length = 0;
  while (true) {
    if (at_ + length == end_ && !refill(at_)) break;
    if (is_blank(buffer_[at_ + length])) break;
    if (++length <= longest_word) continue;
    error_ = FileError{path_, 0, 0, "word " + std::to_string(count_ + 1) + " is longer than 64 KiB"};
    return false;
  }
  if (error_) return false;
  word = {buffer_.data() + at_, length};
  at_ += length;
  ++count_;
  return true;
}

/// Reads on after what is kept, which moves to the front. False: nothing came.
bool WordReader::refill(std::size_t kept_from) {
  if (at_end_) return false;
  std::memmove(buffer_.data(), buffer_.data() + kept_from, end_ - kept_from);
  end_ -= kept_from;
  at_ = 0;
  try {
    const auto room = static_cast<std::streamsize>(buffer_.size() - end_);
    const std::streamsize came = file_.stream().rdbuf()->sgetn(buffer_.data() + end_, room);
    at_end_ = came < room;
    end_ += static_cast<std::size_t>(came);
    return came > 0;
  } catch (const std::runtime_error&) {  // as an istream does
    error_ = FileError{path_, 0, 0, std::string("cannot be read: ") + std::strerror(errno)};
    return false;
  }
}

}  // namespace tpc::evaluation
