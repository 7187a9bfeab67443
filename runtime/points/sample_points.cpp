#include "runtime/points/sample_points.h"

#include <algorithm>
#include <string>

#include "runtime/points/normal_quantile.h"
#include "runtime/points/philox_stream.h"
#include "runtime/points/sobol.h"
#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

constexpr std::size_t chunk = 512;  // points made at once, on the stack

/// Normals of points begin..end-1; `bits(first, last, out)` makes the random bits of points first..last-1.
template <class Real, class Bits>
void fill_from_bits(std::size_t begin, std::size_t end, Real* out, const Bits& bits) {
  std::uint64_t words[chunk];
  double normals[chunk];
  for (std::size_t first = begin; first < end; first += chunk) {
    const std::size_t last = std::min(end, first + chunk);
    bits(first, last, words);
    normals_from_bits(words, last - first, normals);
    std::transform(normals, normals + (last - first), out + (first - begin),
                   [](double value) { return static_cast<Real>(value); });
  }
}

/// Blocks begin at even points, so that one Philox call makes two neighbours.
template <class Real>
void fill_philox(const PhiloxStream& stream, std::size_t begin, std::size_t end, Real* out) {
  fill_from_bits(begin, end, out, [&](std::size_t first, std::size_t last, std::uint64_t* words) {
    for (std::size_t i = first; i < last; i += 2) {
      const auto [even, odd] = stream.bits(static_cast<std::uint32_t>(i / 2));
      words[i - first] = even;
      if (i + 1 < last) words[i + 1 - first] = odd;
    }
  });
}

}  // namespace

ColumnKind SamplePoints::kind(std::uint64_t dimension) const {
  switch (options_.method) {
    case TP_METHOD_QUADRATURE: return ColumnKind::node;
    case TP_METHOD_EXACT: return ColumnKind::coordinate;
    case TP_METHOD_QMC:
      if (dimension < sobol_dimensions()) return ColumnKind::sobol;
      break;
    case TP_METHOD_MC: break;
  }
  return ColumnKind::philox;
}

void SamplePoints::require_dimension(std::uint64_t dimension) const {
  if (options_.method == TP_METHOD_EXACT && dimension + 1 >= options_.count) {
    fail(TP_CAPACITY, "exact evaluation needs more than the " + std::to_string(options_.count) +
                          " coordinates it was created with; ask for more samples");
  }
  if (options_.method == TP_METHOD_QUADRATURE && (!options_.nodes || dimension >= options_.nodes->dimensions)) {
    fail(TP_CAPACITY, "quadrature cannot draw Gaussians after its nodes are laid out");
  }
}

template <class Real>
void SamplePoints::fill(std::uint64_t dimension, std::size_t begin, std::size_t end, Real* out) const {
  switch (kind(dimension)) {
    case ColumnKind::sobol: {
      const PhiloxStream stream(options_.seed, options_.replica, RandomPurpose::scrambling, dimension);
      const auto [high, low] = stream.bits(0);
      const SobolColumn column(static_cast<std::size_t>(dimension), high, low);
      fill_from_bits(begin, end, out, [&](std::size_t first, std::size_t last, std::uint64_t* words) {
        column.fill(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last), words);
      });
      return;
    }
    case ColumnKind::philox:
      return fill_philox(PhiloxStream(options_.seed, options_.replica, RandomPurpose::column, dimension), begin, end,
                         out);
    case ColumnKind::node: {
      const double* column = options_.nodes->column(static_cast<std::size_t>(dimension));
      for (std::size_t s = begin; s < end; ++s) {
        out[s - begin] = s < options_.nodes->count ? static_cast<Real>(column[s]) : Real{0};
      }
      return;
    }
    case ColumnKind::coordinate:
      std::fill(out, out + (end - begin), Real{0});
      if (dimension + 1 >= begin && dimension + 1 < end) out[dimension + 1 - begin] = Real{1};
      return;
  }
}

template void SamplePoints::fill(std::uint64_t, std::size_t, std::size_t, double*) const;
template void SamplePoints::fill(std::uint64_t, std::size_t, std::size_t, float*) const;

template <class Real>
void SamplePoints::fill_noise(std::uint64_t sequence, std::size_t begin, std::size_t end, Real* out) const {
  fill_philox(PhiloxStream(options_.seed, options_.replica, RandomPurpose::noise, sequence), begin, end, out);
}

template void SamplePoints::fill_noise(std::uint64_t, std::size_t, std::size_t, double*) const;
template void SamplePoints::fill_noise(std::uint64_t, std::size_t, std::size_t, float*) const;

}  // namespace tpc::runtime
