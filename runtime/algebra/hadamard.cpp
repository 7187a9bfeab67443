#include "runtime/algebra/hadamard.h"

#include <cstring>

#include "runtime/algebra/vectorised.h"

namespace tpc::runtime {
namespace {

constexpr std::size_t in_registers = 64;
constexpr std::size_t in_nearest_cache = 2048;

using Doubles = VectorOf<double>::Type;
using Floats = VectorOf<float>::Type;

/// The transform of the numbers within one vector: at every stride s, number i becomes (i^s) + i or (i^s) - i.
[[gnu::always_inline]] inline void transform_within(Doubles& v) {
  v = __builtin_shufflevector(v, v, 1, 0, 3, 2) + v * Doubles{1, -1, 1, -1};
  v = __builtin_shufflevector(v, v, 2, 3, 0, 1) + v * Doubles{1, 1, -1, -1};
}
[[gnu::always_inline]] inline void transform_within(Floats& v) {
  v = __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6) + v * Floats{1, -1, 1, -1, 1, -1, 1, -1};
  v = __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5) + v * Floats{1, 1, -1, -1, 1, 1, -1, -1};
  v = __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3) + v * Floats{1, 1, 1, 1, -1, -1, -1, -1};
}

template <class Real>
[[gnu::always_inline]] inline void transform_64(Real* x) {
  using Vector = typename VectorOf<Real>::Type;
  constexpr std::size_t length = vector_length<Real>, count = in_registers / length;
  Vector v[count];
#pragma GCC unroll 16
  for (std::size_t i = 0; i < count; ++i) {
    std::memcpy(&v[i], x + i * length, sizeof(Vector));
    transform_within(v[i]);
  }
#pragma GCC unroll 4
  for (std::size_t stride = 1; stride < count; stride *= 2) {
#pragma GCC unroll 8
    for (std::size_t pair = 0; pair < count / 2; ++pair) {
      const std::size_t i = pair / stride * 2 * stride + pair % stride;
      const Vector sum = v[i] + v[i + stride], difference = v[i] - v[i + stride];
      v[i] = sum;
      v[i + stride] = difference;
    }
  }
#pragma GCC unroll 16
  for (std::size_t i = 0; i < count; ++i) std::memcpy(x + i * length, &v[i], sizeof(Vector));
}

/// Two blocks of `stride` numbers that are transformed already.
template <class Real>
[[gnu::always_inline]] inline void join_two(Real* x, std::size_t stride) {
  using Vector = typename VectorOf<Real>::Type;
  for (std::size_t i = 0; i < stride; i += vector_length<Real>) {
    Vector a, b;
    std::memcpy(&a, x + i, sizeof a);
    std::memcpy(&b, x + i + stride, sizeof b);
    const Vector sum = a + b, difference = a - b;
    std::memcpy(x + i, &sum, sizeof sum);
    std::memcpy(x + i + stride, &difference, sizeof difference);
  }
}

/// Four of them.
template <class Real>
[[gnu::always_inline]] inline void join_four(Real* x, std::size_t stride) {
  using Vector = typename VectorOf<Real>::Type;
  for (std::size_t i = 0; i < stride; i += vector_length<Real>) {
    Vector v[4];
#pragma GCC unroll 4
    for (std::size_t k = 0; k < 4; ++k) std::memcpy(&v[k], x + i + k * stride, sizeof(Vector));
    const Vector sum = v[0] + v[1], difference = v[0] - v[1];
    const Vector other_sum = v[2] + v[3], other_difference = v[2] - v[3];
    v[0] = sum + other_sum;
    v[1] = difference + other_difference;
    v[2] = sum - other_sum;
    v[3] = difference - other_difference;
#pragma GCC unroll 4
    for (std::size_t k = 0; k < 4; ++k) std::memcpy(x + i + k * stride, &v[k], sizeof(Vector));
  }
}

template <class Real>
[[gnu::always_inline]] inline void transform_in_cache(Real* x, std::size_t n) {
  for (std::size_t i = 0; i < n; i += in_registers) transform_64(x + i);
  std::size_t stride = in_registers;
  for (; 4 * stride <= n; stride *= 4) {
    for (std::size_t i = 0; i < n; i += 4 * stride) join_four(x + i, stride);
  }
  if (stride < n) join_two(x, stride);
}

TPC_FOR_EACH_PROCESSOR void hadamard_in_cache(double* x, std::size_t n) { transform_in_cache(x, n); }
TPC_FOR_EACH_PROCESSOR void hadamard_in_cache(float* x, std::size_t n) { transform_in_cache(x, n); }
TPC_FOR_EACH_PROCESSOR void join(double* x, std::size_t stride) { join_four(x, stride); }
TPC_FOR_EACH_PROCESSOR void join(float* x, std::size_t stride) { join_four(x, stride); }

/// Quarters first, so that all but the last rounds of a long row work in the cache.
template <class Real>
void transform(Real* x, std::size_t n) {
  if (n <= in_nearest_cache) return hadamard_in_cache(x, n);
  for (std::size_t quarter = 0; quarter < 4; ++quarter) transform(x + quarter * (n / 4), n / 4);
  join(x, n / 4);
}

}  // namespace

void hadamard(double* x, std::size_t n) { transform(x, n); }
void hadamard(float* x, std::size_t n) { transform(x, n); }

}  // namespace tpc::runtime
