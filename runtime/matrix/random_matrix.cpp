#include "runtime/matrix/random_matrix.h"

#include <tbb/parallel_for.h>

#include <bit>
#include <cmath>
#include <numbers>

#include "runtime/algebra/hadamard.h"
#include "runtime/points/philox_stream.h"

namespace tpc::runtime {
namespace {

/// s with P(singular value < s) = share: s = 2 sin(angle), where (2 angle + sin(2 angle)) / pi = share. Newton's
/// iteration from below: the left side is concave.
double quarter_circle_quantile(double share, double start) {
  double angle = start;
  for (int i = 0; i < 60; ++i) {
    const double missing = std::numbers::pi * share - 2.0 * angle - std::sin(2.0 * angle);
    const double step = missing / (2.0 + 2.0 * std::cos(2.0 * angle));
    angle += step;
    if (std::abs(step) < 1e-13) break;
  }
  return angle;
}

std::vector<double> quarter_circle(std::size_t count) {
  std::vector<double> values(count);
  double angle = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    angle = quarter_circle_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(count), angle);
    values[i] = 2.0 * std::sin(angle);
    squares += values[i] * values[i];
  }
  for (double& value : values) value *= std::sqrt(static_cast<double>(count) / squares);
  return values;
}

/// In random order.
template <class Real>
std::vector<Real> singular_values(std::size_t count, const PhiloxStream& stream) {
  std::vector<double> values = quarter_circle(count);
  for (std::size_t i = count - 1; i > 0; --i) {
    std::swap(values[i], values[stream.bits(static_cast<std::uint32_t>(i)).first % (i + 1)]);
  }
  return {values.begin(), values.end()};
}

template <class Real>
std::vector<Real> signs(std::size_t count, const PhiloxStream& stream) {
  std::vector<Real> signs(count);
  for (std::size_t s = 0; s < count; s += 64) {
    const std::uint64_t bits = stream.bits(static_cast<std::uint32_t>(s / 64)).first;
    for (std::size_t i = 0; i < 64; ++i) signs[s + i] = (bits >> i & 1) != 0 ? Real{1} : Real{-1};
  }
  return signs;
}

}  // namespace

/// Two transforms make a rotation of 2^k numbers. Where M is no power of two, they are of the first 2^k and of the last
/// 2^k numbers in turn, which together are all: four.
template <class Real>
RandomMatrix<Real>::RandomMatrix(std::size_t samples, std::uint64_t seed, std::uint32_t replica, std::uint64_t number)
    : samples_(samples), block_(std::bit_floor(samples)), factors_(samples == block_ ? 5 : 9) {
  const std::size_t middle = factors_.size() / 2;
  for (std::size_t f = 0; f < factors_.size(); ++f) {
    const PhiloxStream stream(seed, replica, RandomPurpose::rotation, factors_.size() * number + f);
    factors_[f] = f == middle ? singular_values<Real>(samples, stream) : signs<Real>(samples, stream);
    if (f == factors_.size() - 1) break;
    // Of the transform behind it.
    const Real scale = static_cast<Real>(1.0 / std::sqrt(static_cast<double>(block_)));
    Real* transformed = factors_[f].data() + (f % 2 == 0 ? 0 : samples - block_);
    for (std::size_t s = 0; s < block_; ++s) transformed[s] *= scale;
  }
}

template <class Real>
void RandomMatrix<Real>::apply_row(bool transposed, const Real* x, Real* y) const {
  const std::size_t last = factors_.size() - 1;
  const auto multiply = [&](std::size_t factor, const Real* from) {
    const Real* by = factors_[factor].data();
    for (std::size_t s = 0; s < samples_; ++s) y[s] = by[s] * from[s];
  };
  const auto transform = [&](std::size_t number) { hadamard(y + (number % 2 == 0 ? 0 : samples_ - block_), block_); };
  multiply(transposed ? last : 0, x);
  for (std::size_t i = 0; i < last; ++i) {
    transform(transposed ? last - 1 - i : i);
    multiply(transposed ? last - 1 - i : i + 1, y);
  }
}

template <class Real>
void RandomMatrix<Real>::apply(bool transposed, const Real* x, std::size_t rows, Real* y) const {
  const auto row = [&](std::size_t i) { apply_row(transposed, x + i * samples_, y + i * samples_); };
  constexpr std::size_t worth_a_thread = 4096;
  if (samples_ >= worth_a_thread) return tbb::parallel_for(std::size_t{0}, rows, row);
  for (std::size_t i = 0; i < rows; ++i) row(i);
}

template class RandomMatrix<double>;
template class RandomMatrix<float>;

}  // namespace tpc::runtime
