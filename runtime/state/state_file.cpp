#include "runtime/state/state_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

std::string reason() { return std::strerror(errno); }

/// Where the path leads to: itself, or the end of a chain of symbolic links, which need not exist.
std::string end_of_links(std::string path) {
  namespace fs = std::filesystem;
  constexpr int most_links = 40;
  std::error_code error;
  for (int links = 0; links < most_links && fs::is_symlink(path, error); ++links) {
    const fs::path next = fs::read_symlink(path, error);
    if (error) break;
    path = (next.is_absolute() ? next : fs::path(path).parent_path() / next).string();
  }
  return path;
}

/// A regular file, or one that is not there yet.
bool can_be_replaced(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

/// A new file beside `path` under a name that nobody else has; null: see errno.
std::FILE* create_beside(const std::string& path, std::string& name) {
  constexpr int most_names = 1000;
  for (int number = 0; number < most_names; ++number) {
    name = path + "." + std::to_string(getpid()) + "." + std::to_string(number) + ".tmp";
    std::FILE* file = std::fopen(name.c_str(), "wbxe");
    if (file != nullptr || errno != EEXIST) return file;
  }
  return nullptr;
}

}  // namespace

/// Words are mixed in one by one; a last partial word is padded with zeros (the multiplier is that of Knuth's MMIX).
void Checksum::add(const void* data, std::size_t bytes) {
  const char* at = static_cast<const char*>(data);
  while (bytes > 0) {
    std::uint64_t word = 0;
    const std::size_t size = std::min<std::size_t>(bytes, sizeof word);
    std::memcpy(&word, at, size);
    value_ = std::rotl((value_ ^ word) * 6364136223846793005u, 29) + size;
    at += size;
    bytes -= size;
  }
}

StateWriter::StateWriter(const std::string& path) : path_(path), target_(end_of_links(path)) {
  if (can_be_replaced(path)) {
    file_.reset(create_beside(target_, temporary_));
  } else {
    file_.reset(std::fopen(path.c_str(), "wbe"));
  }
  if (!file_) fail(TP_FILE, "cannot write " + path + ": " + reason());
}

StateWriter::~StateWriter() {
  if (file_ && !temporary_.empty()) std::remove(temporary_.c_str());
}

void StateWriter::bytes(const void* data, std::size_t count) {
  if (count == 0) return;  // an empty array may be a null pointer
  checksum_.add(data, count);
  if (std::fwrite(data, 1, count, file_.get()) != count) fail(TP_FILE, "cannot write " + path_ + ": " + reason());
}

void StateWriter::finish() {
  const std::uint64_t sum = checksum_.value();
  bytes(&sum, sizeof sum);
  const bool replaces = !temporary_.empty();
  if (std::fflush(file_.get()) != 0 || (replaces && fsync(fileno(file_.get())) != 0)) {
    fail(TP_FILE, "cannot write " + path_ + ": " + reason());
  }
  if (replaces && std::rename(temporary_.c_str(), target_.c_str()) != 0) {
    fail(TP_FILE, "cannot replace " + path_ + ": " + reason());
  }
  file_.reset();
}

StateReader::StateReader(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "rb")) {
  if (!file_) fail(TP_FILE, "cannot read " + path + ": " + reason());
  if (std::fseek(file_.get(), 0, SEEK_END) != 0) refuse("it is not an ordinary file");
  const long size = std::ftell(file_.get());
  // A directory opens and reports an absurd size; reading it fails below.
  if (size < 8) refuse("it is too short");
  std::rewind(file_.get());
  left_ = static_cast<std::uint64_t>(size) - sizeof(std::uint64_t);
}

void StateReader::bytes(void* data, std::size_t count) {
  if (count == 0) return;
  if (count > left_ || std::fread(data, 1, count, file_.get()) != count) refuse("it ends too early");
  checksum_.add(data, count);
  left_ -= count;
}

std::size_t StateReader::counted(double bytes_each) {
  const std::uint64_t count = value<std::uint64_t>();
  require_left(static_cast<double>(count) * bytes_each);
  return static_cast<std::size_t>(count);
}

void StateReader::require_left(double bytes) const {
  if (bytes > static_cast<double>(left_)) refuse("it ends too early");
}

void StateReader::finish() {
  if (left_ != 0) refuse("it has more in it than the state of this model");
  std::uint64_t sum = 0;
  if (std::fread(&sum, 1, sizeof sum, file_.get()) != sizeof sum || sum != checksum_.value()) {
    refuse("its checksum is wrong: it was damaged");
  }
}

void StateReader::refuse(const std::string& why) const { fail(TP_FILE, path_ + " is not a saved state: " + why); }

}  // namespace tpc::runtime
