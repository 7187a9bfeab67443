/// \file What the two programs of this folder share: their command line, and how the outcome of an input is judged.
#pragma once

#include <filesystem>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fuzz/trials.h"

namespace tpc::fuzz {

/// Takes what the commands print.
class Silence {
 public:
  Silence() : out_(std::cout.rdbuf(text_.rdbuf())), error_(std::cerr.rdbuf(errors_.rdbuf())) {}
  ~Silence() {
    std::cout.rdbuf(out_);
    std::cerr.rdbuf(error_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  [[nodiscard]] std::string output() const { return text_.str(); }
  [[nodiscard]] std::string errors() const { return errors_.str(); }

 private:
  std::ostringstream text_, errors_;
  std::streambuf *out_, *error_;
};

/// A promise of every command: success (also interrupted), or status 1 with an error that says what; never an internal
/// error. Empty: kept.
std::string judged(int status, const std::string& errors);

struct Request {
  Trials trials;
  uint64_t seed = 1;
  std::filesystem::path examples;
  std::string keep = "fuzz_failures";
  std::string only;  ///< what every input goes to; empty: each input to something else
};

/// main: COUNT EXAMPLES [SEED [FIRST [ONLY]]], ONLY one of `choices`. Exit status 1: some input did harm.
int fuzz_main(int argc, char** argv, const std::string& what, const std::function<Counts(Request)>& run,
              const std::vector<std::string>& choices = {});

}  // namespace tpc::fuzz
