/// \file The Walsh-Hadamard transform: x -> H x with H_ij = (-1)^(number of bits that i and j share), in n log n
/// additions.
#pragma once

#include <cstddef>

namespace tpc::runtime {

/// In place, of n numbers; H / sqrt(n) is orthogonal and symmetric. n: a power of two, at least 64. Every processor
/// adds in the same order.
void hadamard(double* x, std::size_t n);
void hadamard(float* x, std::size_t n);

}  // namespace tpc::runtime
