/// \file What the kernel regime adds to a result: kernel, initial covariance, spread over initial functions.
#pragma once

#include <string>

#include "driver/report/json_fwd.h"
#include "driver/session.h"

namespace tpc::driver {

/// Matrices of more numbers are not printed.
inline constexpr int64_t most_printed_numbers = 1'000'000;

/// Adds `kernel`, `nngp`, their standard errors, `outputs_cov` and `ensemble` (README.md).
void add_kernel_json(Json& json, const KernelResult& result, uint64_t seed);

/// The same where every replica of a limit has drawn its own initial function: adds `ensemble`.
void add_drawn_start_json(Json& json, const StartSpread& spread, uint64_t seed);
std::string drawn_start_text(const StartSpread& spread);

/// On how many points, and how far the initial functions spread.
std::string kernel_text(const Session& session, const KernelResult& result, const Trajectory& trajectory);

}  // namespace tpc::driver
