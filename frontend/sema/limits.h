/// \file How large a program may be: far above any sensible use, low enough that no input exhausts memory or time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tpc::sema::limits {

inline constexpr int64_t dimension = 1'000'000;
inline constexpr int64_t steps = 100'000'000;  ///< and epochs, and batch
inline constexpr int64_t rows = 1'000'000'000;
inline constexpr int64_t width_ratio = 4096;    ///< numerator and denominator of a width as a multiple of another one
inline constexpr int64_t columns = 10'000'000;  ///< entries of one example, or of one parameter without its width
inline constexpr int64_t task_rows = 10'000;    ///< of a group of a task
inline constexpr int64_t inner_steps = 1000;    ///< of one `adapt`
inline constexpr size_t parameters = 1000;
inline constexpr size_t axes = 4;            ///< of one shape
inline constexpr size_t terms = 100'000;     ///< of all bodies, after inlining
inline constexpr int64_t loop = 100'000;     ///< iterations of a loop that is read once for all of them
inline constexpr int64_t index = 1'000'000;  ///< |i| of list elements, members of families and loop variables
inline constexpr size_t matrix_depth = 200;  ///< of sums and products of matrices in each other
inline constexpr int64_t concat = 400;       ///< numbers that `concat` joins
inline constexpr int64_t power = 64;         ///< of u ^ m
inline constexpr int64_t exponent = 1000;    ///< |p| and q of an exponent p/q of n

}  // namespace tpc::sema::limits
