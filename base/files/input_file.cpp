#include "base/files/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace tpc::files {
namespace {

constexpr int patience = 10'000;  // milliseconds for a pipe's writer to come
constexpr int glance = 50;

}  // namespace

/// Bytes of a descriptor. An exception of a streambuf becomes badbit of its stream.
class InputFile::Buffer final : public std::streambuf {
 public:
  explicit Buffer(int descriptor) : descriptor_(descriptor) {}
  /// The first bytes of a pipe, which it takes to see that there is a writer.
  ssize_t fill() {
    ssize_t count = 0;
    do {
      count = ::read(descriptor_, block_.data(), block_.size());
    } while (count < 0 && errno == EINTR);
    if (count > 0) setg(block_.data(), block_.data(), block_.data() + count);
    return count;
  }

 protected:
  int_type underflow() override {
    const ssize_t count = fill();
    if (count < 0) throw std::runtime_error(std::strerror(errno));
    return count == 0 ? traits_type::eof() : traits_type::to_int_type(*gptr());
  }

 private:
  int descriptor_;
  std::array<char, 1 << 16> block_;
};

InputFile::InputFile(const std::string& path) {
  // Not blocking: the end of a pipe without a writer would be waited for in open.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat status{};
  if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) {
    error_ = std::strerror(errno);
    return;
  }
  is_regular_ = S_ISREG(status.st_mode);
  buffer_ = std::make_unique<Buffer>(descriptor_);
  if (S_ISDIR(status.st_mode)) {
    error_ = "it is a directory";
  } else if (S_ISFIFO(status.st_mode)) {
    open_pipe();
  } else if (!is_regular_) {
    error_ = "it is a device; regular files and pipes are read";
  }
  if (error_.empty()) stream_.rdbuf(buffer_.get());
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

/// Reading from a pipe gives its end while nobody has it open for writing, and EAGAIN while a writer says nothing.
void InputFile::open_pipe() {
  for (int waited = 0; buffer_->fill() == 0; waited += glance) {
    if (waited >= patience) {
      error_ = "nobody writes to this pipe";
      return;
    }
    ::poll(nullptr, 0, glance);
  }
  fcntl(descriptor_, F_SETFL, fcntl(descriptor_, F_GETFL) & ~O_NONBLOCK);
}

}  // namespace tpc::files
