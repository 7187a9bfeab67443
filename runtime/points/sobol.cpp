#include "runtime/points/sobol.h"

#include <array>
#include <bit>
#include <boost/random/sobol.hpp>

namespace tpc::runtime {
namespace {

using Table = boost::random::default_sobol_table;
using Directions = std::array<std::uint32_t, 32>;

std::uint32_t reverse_bits(std::uint32_t x) {
  x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
  x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
  x = (x & 0x0f0f0f0fu) << 4 | (x >> 4 & 0x0f0f0f0fu);
  x = (x & 0x00ff00ffu) << 8 | (x >> 8 & 0x00ff00ffu);
  return x << 16 | x >> 16;
}

/// v_b = m_b 2^{31 - b} with the recursion of Bratley and Fox (ACM TOMS 14, 1988, section 2):
/// m_b = 2 a_1 m_{b-1} ^ 4 a_2 m_{b-2} ^ ... ^ 2^d m_{b-d} ^ m_{b-d}, where bit d - k of the polynomial is a_k.
Directions direction_numbers(std::size_t dimension) {
  Directions m;
  if (dimension == 0) {
    m.fill(1);
  } else {
    const std::uint32_t polynomial = Table::polynomial(dimension - 1);
    const unsigned degree = static_cast<unsigned>(std::bit_width(polynomial)) - 1;
    for (unsigned b = 0; b < degree; ++b) m[b] = Table::minit(dimension - 1, b);
    for (unsigned b = degree; b < 32; ++b) {
      m[b] = m[b - degree];
      for (unsigned k = 1; k <= degree; ++k) m[b] ^= (polynomial >> (degree - k) & 1u) * m[b - k] << k;
    }
  }
  for (unsigned b = 0; b < 32; ++b) m[b] <<= 31 - b;
  return m;
}

/// Laine-Karras hash: bit k of the result depends on bits 0..k of x only, i.e. on the leading bits of the point (the
/// constants of Burley 2020, applied twice with different seeds).
std::uint32_t nested_permutation(std::uint32_t x, std::uint32_t seed, std::uint32_t second_seed) {
  x += seed;
  x ^= x * 0x6c50b47cu;
  x ^= x * 0xb82f1e52u;
  x ^= x * 0xc7afe638u;
  x ^= x * 0x8d22f6e6u;
  x += second_seed;
  x ^= x * 0x6c50b47cu;
  x ^= x * 0xb82f1e52u;
  x ^= x * 0xc7afe638u;
  x ^= x * 0x8d22f6e6u;
  return x;
}

/// 32 bits below the point's own (the finalizer of MurmurHash3, seeded before and between).
std::uint32_t lower_bits(std::uint32_t x, std::uint32_t seed, std::uint32_t second_seed) {
  x ^= seed;
  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= (x >> 13) ^ second_seed;
  x *= 0xc2b2ae35u;
  return x ^ x >> 16;
}

}  // namespace

std::size_t sobol_dimensions() { return Table::max_dimension; }

SobolColumn::SobolColumn(std::size_t dimension, std::uint64_t scramble_high, std::uint64_t scramble_low)
    : seed_{static_cast<std::uint32_t>(scramble_high), static_cast<std::uint32_t>(scramble_high >> 32),
            static_cast<std::uint32_t>(scramble_low), static_cast<std::uint32_t>(scramble_low >> 32)} {
  const Directions directions = direction_numbers(dimension);
  for (unsigned b = 0; b < 32; ++b) reversed_direction_[b] = reverse_bits(directions[b]);
  low_[0] = 0;
  for (std::uint32_t i = 1; i < 1u << low_bits; ++i) {
    low_[i] = low_[i & (i - 1)] ^ reversed_direction_[std::countr_zero(i)];
  }
}

void SobolColumn::fill(std::uint32_t begin, std::uint32_t end, std::uint64_t* out) const {
  constexpr std::uint32_t mask = (1u << low_bits) - 1;
  for (std::uint32_t first = begin; first < end;) {
    const std::uint32_t last = std::min(end - 1, first | mask);
    std::uint32_t high = 0;
    for (std::uint32_t bits = first >> low_bits, b = low_bits; bits != 0; bits >>= 1, ++b) {
      if (bits & 1u) high ^= reversed_direction_[b];
    }
    for (std::uint32_t k = 0; k <= last - first; ++k) {
      const std::uint32_t point = nested_permutation(high ^ low_[(first & mask) + k], seed_[0], seed_[1]);
      out[first - begin + k] = std::uint64_t{reverse_bits(point)} << 32 | lower_bits(point, seed_[2], seed_[3]);
    }
    if (last == end - 1) break;
    first = last + 1;
  }
}

void fill_unscrambled_sobol(std::size_t dimension, std::uint32_t begin, std::uint32_t end, std::uint32_t* out) {
  const Directions directions = direction_numbers(dimension);
  for (std::uint32_t i = begin; i < end; ++i) {
    std::uint32_t point = 0;
    for (std::uint32_t bits = i; bits != 0; bits &= bits - 1) point ^= directions[std::countr_zero(bits)];
    out[i - begin] = point;
  }
}

}  // namespace tpc::runtime
