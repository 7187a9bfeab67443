#include "base/files/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>

namespace tpc::files {
namespace {

std::string message_of(int error) { return std::strerror(error != 0 ? error : EIO); }

/// Ctrl-C waits until the file is there or what was begun of it is gone.
class DelayedSignals {
 public:
  DelayedSignals() {
    sigset_t ending;
    sigemptyset(&ending);
    for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ending, signal);
    pthread_sigmask(SIG_BLOCK, &ending, &before_);
  }
  ~DelayedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  DelayedSignals(const DelayedSignals&) = delete;
  DelayedSignals& operator=(const DelayedSignals&) = delete;

 private:
  sigset_t before_;
};

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

  [[nodiscard]] std::string write(std::string_view contents) const {
    while (!contents.empty()) {
      const ssize_t written = ::write(number_, contents.data(), contents.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return message_of(errno);
      contents.remove_prefix(static_cast<size_t>(written));
    }
    return {};
  }
  /// Some failures of a file system are known only then.
  std::string close() {
    const int status = ::close(number_);
    number_ = -1;
    return status == 0 ? std::string() : message_of(errno);
  }

 private:
  int number_;
};

/// Where a path leads to: itself, or the end of a chain of symbolic links, which need not exist.
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

/// Gives the pieces of a file.
using Produce = std::function<void(const Append&)>;

/// Why it failed; empty: it did not.
std::string write_pieces(const Descriptor& file, const Produce& produce) {
  std::string failure;
  produce([&](std::string_view piece) {
    if (failure.empty()) failure = file.write(piece);
    return failure.empty();
  });
  return failure;
}

std::string write_directly(int descriptor, const Produce& produce) {
  Descriptor file(descriptor);
  if (file.number() < 0) return message_of(errno);
  std::string failure = write_pieces(file, produce);
  return failure.empty() ? file.close() : failure;
}

/// Standard output or error, if the file is one of them: replaced, what else is written there would be lost.
std::optional<int> standard_stream(const struct stat& file) {
  for (int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat stream{};
    if (fstat(descriptor, &stream) == 0 && stream.st_dev == file.st_dev && stream.st_ino == file.st_ino) {
      return descriptor;
    }
  }
  return std::nullopt;
}

/// A new file beside `path`; its name in `name`.
int create_part(const std::string& path, mode_t mode, std::string& name) {
  constexpr int most_names = 1000;
  for (int number = 0; number < most_names; ++number) {
    name = path + '.' + std::to_string(getpid()) + '.' + std::to_string(number) + ".part";
    const int descriptor = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

std::string replace_file(const std::string& path, const Produce& produce, mode_t mode, const struct stat* old) {
  const DelayedSignals delayed;
  std::string part;
  Descriptor file(create_part(path, mode, part));
  if (file.number() < 0) return message_of(errno);
  std::string failure;
  if (old != nullptr && fchmod(file.number(), (old->st_mode | (mode & 0111)) & 07777) != 0) failure = message_of(errno);
  if (failure.empty()) failure = write_pieces(file, produce);
  const std::string closing = file.close();
  if (failure.empty()) failure = closing;
  if (failure.empty() && std::rename(part.c_str(), path.c_str()) != 0) failure = message_of(errno);
  if (!failure.empty()) unlink(part.c_str());
  return failure;
}

}  // namespace

std::string write_file(const std::string& path, std::string_view contents, Permissions permissions) {
  return write_file_in_pieces(path, [&](const Append& append) { append(contents); }, permissions);
}

std::string write_file_in_pieces(const std::string& path, const Produce& produce, Permissions permissions) {
  const mode_t mode = permissions == Permissions::executable ? 0777 : 0666;
  struct stat old{};
  if (stat(path.c_str(), &old) != 0) {
    return errno == ENOENT ? replace_file(end_of_links(path), produce, mode, nullptr) : message_of(errno);
  }
  if (S_ISDIR(old.st_mode)) return "it is a directory";
  if (const auto stream = standard_stream(old)) return write_directly(dup(*stream), produce);
  if (!S_ISREG(old.st_mode)) return write_directly(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY), produce);
  if (access(path.c_str(), W_OK) != 0) return message_of(errno);
  return replace_file(end_of_links(path), produce, mode, &old);
}

}  // namespace tpc::files
