/// \file The one exception of the runtime: a status code of the C interface and its message. Never crosses that
/// interface.
#pragma once

#include <string>

#include "tpc/runtime.h"

namespace tpc::runtime {

struct Failure {
  tp_status status;
  std::string message;
};

[[noreturn]] inline void fail(tp_status status, std::string message) { throw Failure{status, std::move(message)}; }

/// An argument of the caller that is wrong unless `condition` holds.
inline void require(bool condition, const char* message) {
  if (!condition) fail(TP_INVALID_ARGUMENT, message);
}

}  // namespace tpc::runtime
