#include "base/diag/check.h"

namespace tpc {

void internal_error(const char* file, int line, const std::string& message) {
  throw InternalError(std::string(file) + ":" + std::to_string(line) + ": internal error: " + message);
}

}  // namespace tpc
