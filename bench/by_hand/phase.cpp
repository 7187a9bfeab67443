// TPC_PHASE_NAMESPACE: strict or fast_math, as it is built.
#include "bench/by_hand/phase.h"

#include <cmath>

namespace tpc::bench::TPC_PHASE_NAMESPACE {
namespace {

/// Sums in doubles, as the generated code does.
template <class Real, class Product>
void means(const Real* h, const Real* v, std::size_t rows, std::size_t samples, double* mean, Product product) {
  for (std::size_t r = 0; r < rows; ++r) {
    const Real* row = h + r * samples;
    double sum = 0.0;
    for (std::size_t s = 0; s < samples; ++s) sum += static_cast<double>(product(row[s]) * v[s]);
    mean[r] = sum / static_cast<double>(samples);
  }
}

template <class Real>
Real tanh_times_slope(Real h) {
  const Real z = std::tanh(h);
  return z * (Real(1) - z * z);
}

template <class Real>
Real relu_times_slope(Real h) {
  return h > Real(0) ? h : Real(0);
}

}  // namespace

void tanh_phase(const double* h, const double* v, std::size_t rows, std::size_t samples, double* mean) {
  means(h, v, rows, samples, mean, tanh_times_slope<double>);
}
void tanh_phase(const float* h, const float* v, std::size_t rows, std::size_t samples, double* mean) {
  means(h, v, rows, samples, mean, tanh_times_slope<float>);
}
void relu_phase(const double* h, const double* v, std::size_t rows, std::size_t samples, double* mean) {
  means(h, v, rows, samples, mean, relu_times_slope<double>);
}
void relu_phase(const float* h, const float* v, std::size_t rows, std::size_t samples, double* mean) {
  means(h, v, rows, samples, mean, relu_times_slope<float>);
}

}  // namespace tpc::bench::TPC_PHASE_NAMESPACE
