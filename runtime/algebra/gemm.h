/// \file Single-threaded dense products through OpenBLAS (measured against Eigen's own: runtime/README.md).
/// Threads are above this: over replicas and over blocks of samples, so that results do not depend on their number.
#pragma once

#include <cstddef>

namespace tpc::runtime {

enum class Layout { plain, transposed };

/// All matrices row-major: c[m, n] = alpha * op(a)[m, k] * op(b)[k, n] + beta * c; leading dimensions are row lengths
/// in memory. With beta = 0 c is not read.
void gemm(Layout a_layout, Layout b_layout, std::size_t m, std::size_t n, std::size_t k, double alpha, const double* a,
          std::size_t a_stride, const double* b, std::size_t b_stride, double beta, double* c, std::size_t c_stride);
void gemm(Layout a_layout, Layout b_layout, std::size_t m, std::size_t n, std::size_t k, float alpha, const float* a,
          std::size_t a_stride, const float* b, std::size_t b_stride, float beta, float* c, std::size_t c_stride);

/// The same, large products cut into blocks of c on the threads of the calling arena. The blocks depend on the sizes
/// only, and every number of c is computed in one of them: the result does not depend on the number of threads.
void threaded_gemm(Layout a_layout, Layout b_layout, std::size_t m, std::size_t n, std::size_t k, double alpha,
                   const double* a, std::size_t a_stride, const double* b, std::size_t b_stride, double beta, double* c,
                   std::size_t c_stride);

}  // namespace tpc::runtime
