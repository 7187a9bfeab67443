/// \file Exceptions end here: a body's outcome as a status code and a message.
#pragma once

#include <exception>
#include <new>
#include <string>

#include "runtime/support/failure.h"

namespace tpc::runtime {

/// report(message) is called on failure and must not throw.
template <class Body, class Report>
tp_status guarded(const Body& body, const Report& report) noexcept {
  try {
    try {
      body();
      return TP_OK;
    } catch (const Failure& failure) {
      report(failure.message.c_str());
      return failure.status;
    } catch (const std::bad_alloc&) {
      report("out of memory");
      return TP_OUT_OF_MEMORY;
    } catch (const std::exception& error) {
      report(error.what());
      return TP_INTERNAL;
    }
  } catch (...) {
    return TP_INTERNAL;
  }
}

}  // namespace tpc::runtime
