/// \file Files that live as long as a test, and programs compiled from text.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "driver/compile.h"

/// A new empty folder, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  /// Writes a file and returns its path.
  [[nodiscard]] std::string file(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// A program of one or two layers with full-batch squared loss.
/// network: the body of `def net(x : [2]) -> [1]` over the parameters U : [n, 2], W : [n, n], V : [1, n].
std::string program_text(const std::string& parameters, const std::string& network);

std::unique_ptr<tpc::driver::Compilation> compile_text(const std::string& text, tpc::driver::Stage last);
