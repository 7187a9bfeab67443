/// \file The phase of phase_bench.cpp written by hand: z = phi(h), its derivative, and an expectation with a readout,
/// in one loop over the sample points. Built twice (CMakeLists.txt): with -O3 -march=native, and with -ffast-math
/// besides, which lets the compiler call the vector tanh of glibc.
#pragma once

#include <cstddef>

namespace tpc::bench {

/// mean[r] = 1/samples sum_s z phi'(h) v with h = h[r, s], z = phi(h), v = v[s]; h row-major.
template <class Real>
using PhaseByHand = void(const Real* h, const Real* v, std::size_t rows, std::size_t samples, double* mean);

namespace strict {
PhaseByHand<double> tanh_phase, relu_phase;
PhaseByHand<float> tanh_phase, relu_phase;
}  // namespace strict
namespace fast_math {
PhaseByHand<double> tanh_phase, relu_phase;
PhaseByHand<float> tanh_phase, relu_phase;
}  // namespace fast_math

}  // namespace tpc::bench
