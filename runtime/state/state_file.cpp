#include "runtime/state/state_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

std::string reason() { return std::strerror(errno); }

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

StateWriter::StateWriter(const std::string& path)
    : path_(path),
      temporary_(path + "." + std::to_string(getpid()) + ".tmp"),
      file_(std::fopen(temporary_.c_str(), "wb")) {
  if (!file_) fail(TP_FILE, "cannot write " + path + ": " + reason());
}

StateWriter::~StateWriter() {
  if (file_) std::remove(temporary_.c_str());
}

void StateWriter::bytes(const void* data, std::size_t count) {
  checksum_.add(data, count);
  if (std::fwrite(data, 1, count, file_.get()) != count) fail(TP_FILE, "cannot write " + path_ + ": " + reason());
}

void StateWriter::finish() {
  const std::uint64_t sum = checksum_.value();
  bytes(&sum, sizeof sum);
  if (std::fflush(file_.get()) != 0 || fsync(fileno(file_.get())) != 0) {
    fail(TP_FILE, "cannot write " + path_ + ": " + reason());
  }
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail(TP_FILE, "cannot replace " + path_ + ": " + reason());
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
