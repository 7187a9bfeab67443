/// \file The inverse of the standard normal distribution function, for single numbers and for columns of random bits.
/// Source: M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37
/// (1988), PPND16: relative error about 1e-16.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tpc::runtime {

/// Quantile of p in (0, 1); -inf and inf at 0 and 1, nan outside.
double normal_quantile(double p);

/// out_i = quantile of u_i = (floor(bits_i / 2^11) + 1/2) / 2^53, symmetric to the last bit under u -> 1 - u. Finite.
void normals_from_bits(const std::uint64_t* bits, std::size_t count, double* out);

}  // namespace tpc::runtime
