#include "driver/terminal/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>

namespace tpc::driver {

void prepare_standard_streams() {
  // The lowest free descriptor is taken: in this order each gets its own number. Reading what is open for writing only
  // fails, and the other way round.
  const struct {
    int descriptor, mode;
  } streams[] = {{STDIN_FILENO, O_WRONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}};
  for (const auto& [descriptor, mode] : streams) {
    if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF) (void)open("/dev/null", mode);
  }
  std::signal(SIGXFSZ, SIG_IGN);
}

int finish_standard_output(int status) {
  errno = 0;
  std::cout.flush();
  if (std::cout) return status;
  std::cerr << "error: cannot write the standard output";
  if (errno != 0) std::cerr << ": " << std::strerror(errno);
  std::cerr << '\n';
  constexpr int user_error = 1;
  return status == 0 ? user_error : status;
}

}  // namespace tpc::driver
