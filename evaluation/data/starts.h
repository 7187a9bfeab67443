/// \file Initial values that a program takes from files: `param U : [words, n] init npy("start.npy")`.
#pragma once

#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// The trained w of one parameter (W = n^{-a} w) at the one width that the file has.
struct GivenStart {
  size_t parameter = 0;  ///< of the program, and the state of its training step
  std::string file;
  int64_t width = 0;
  std::vector<double> values;  ///< row-major [finite dims.., n], or [n, n]
};

/// Reads the files; each has the shape of its parameter with some width. Errors go to `diagnostics`.
std::vector<GivenStart> load_starts(const sema::Program& program, const std::string& program_directory,
                                    diag::Engine& diagnostics);

/// False (reported): a start is of another width.
bool check_starts(const sema::Program& program, const std::vector<GivenStart>& starts, int64_t width,
                  diag::Engine& diagnostics);

}  // namespace tpc::evaluation
