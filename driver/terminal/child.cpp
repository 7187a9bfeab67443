#include "driver/terminal/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern char** environ;

namespace tpc::driver {
namespace {

std::string read_to_end(int descriptor) {
  std::string text;
  char block[1 << 14];
  for (;;) {
    const ssize_t count = read(descriptor, block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(block, static_cast<size_t>(count));
  }
}

/// The exit status of `pid`; an obstacle if a signal ended it.
void wait_for(pid_t pid, Child& child) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) child.status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) child.obstacle = std::string("ended by the signal ") + strsignal(WTERMSIG(status));
}

}  // namespace

Child run_child(const std::vector<std::string>& arguments) {
  Child child;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    child.obstacle = std::strerror(errno);
    return child;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<char*> words;
  for (const std::string& each : arguments) words.push_back(const_cast<char*>(each.c_str()));
  words.push_back(nullptr);
  pid_t pid = 0;
  const int failure = posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failure == 0) {
    child.output = read_to_end(ends[0]);
    wait_for(pid, child);
  } else {
    child.obstacle = std::strerror(failure);
  }
  close(ends[0]);
  return child;
}

}  // namespace tpc::driver
