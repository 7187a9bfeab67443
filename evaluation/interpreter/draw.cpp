#include "evaluation/interpreter/draw.h"

#include <Random123/philox.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <Random123/uniform.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace tpc::ir::tp::interpreter {
namespace {

using Generator = r123::Philox4x64;
constexpr int64_t block_size = 4;  ///< normals from one counter value

/// FNV-1a with 64 bits (Fowler, Noll, Vo): the same on every machine, unlike std::hash.
uint64_t name_hash(std::string_view name) {
  uint64_t hash = 14695981039346656037U;
  for (char character : name) {
    hash ^= static_cast<unsigned char>(character);
    hash *= 1099511628211U;
  }
  return hash;
}

/// Four standard normals by the Box-Muller transform (1958) of four 64-bit uniforms.
std::array<double, block_size> normals(const Generator::key_type& key, int64_t block) {
  const Generator::ctr_type bits = Generator()({{static_cast<uint64_t>(block), 0, 0, 0}}, key);
  std::array<double, block_size> result{};
  for (size_t pair = 0; pair < block_size; pair += 2) {
    const double radius = std::sqrt(-2.0 * std::log(r123::u01<double>(bits[pair])));
    const double angle = std::numbers::pi * r123::uneg11<double>(bits[pair + 1]);
    result[pair] = radius * std::cos(angle);
    result[pair + 1] = radius * std::sin(angle);
  }
  return result;
}

}  // namespace

void draw_initial(const State& state, uint64_t seed, int64_t width, double* entries, int64_t count) {
  const double scale = state.init.kind == InitKind::zero
                           ? 0.0
                           : state.init.value * std::pow(static_cast<double>(width), -state.b.value());
  if (state.init.kind != InitKind::gaussian) {
    std::fill(entries, entries + count, scale);
    return;
  }
  const Generator::key_type key{{seed, name_hash(state.name)}};
  const int64_t blocks = (count + block_size - 1) / block_size;
  tbb::parallel_for(tbb::blocked_range<int64_t>(0, blocks, 1024), [&](const tbb::blocked_range<int64_t>& range) {
    for (int64_t block = range.begin(); block < range.end(); ++block) {
      const auto values = normals(key, block);
      const int64_t first = block * block_size;
      for (int64_t i = first; i < std::min(first + block_size, count); ++i) {
        entries[i] = scale * values[static_cast<size_t>(i - first)];
      }
    }
  });
}

}  // namespace tpc::ir::tp::interpreter
