/// \file Functions that are compiled for several processors, and the vectors of numbers they are written with.
#pragma once

// Compiled for several processors, the best of which is chosen when the library is loaded; elsewhere for the baseline.
#if defined(__x86_64__) && defined(__gnu_linux__)
#define TPC_FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TPC_FOR_EACH_PROCESSOR
#endif

namespace tpc::runtime {

template <class Real>
struct VectorOf;
template <>
struct VectorOf<double> {
  using Type [[gnu::vector_size(32)]] = double;
};
template <>
struct VectorOf<float> {
  using Type [[gnu::vector_size(32)]] = float;
};

/// Numbers in one vector.
template <class Real>
inline constexpr unsigned long vector_length = sizeof(typename VectorOf<Real>::Type) / sizeof(Real);

}  // namespace tpc::runtime
