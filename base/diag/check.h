/// \file Internal errors: our bugs, never the user's. A failed check throws InternalError, which main turns into exit
/// code 3; user errors are diagnostics (diagnostic.h) and never come here.
#pragma once

#include <stdexcept>
#include <string>

namespace tpc {

class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void internal_error(const char* file, int line, const std::string& message);

}  // namespace tpc

#define TPC_CHECK(condition, message)                                       \
  do {                                                                      \
    if (!(condition)) ::tpc::internal_error(__FILE__, __LINE__, (message)); \
  } while (false)
