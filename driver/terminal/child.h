/// \file A program that is run for what it prints.
#pragma once

#include <string>
#include <vector>

namespace tpc::driver {

struct Child {
  std::string obstacle;  ///< why it was not run, or not to its end; empty: it ended
  int status = 0;        ///< its exit status
  std::string output;    ///< what it wrote to standard output; standard error is shared
};

/// `arguments`: of which the first is the program, looked for in PATH. Its standard input is empty.
Child run_child(const std::vector<std::string>& arguments);

}  // namespace tpc::driver
