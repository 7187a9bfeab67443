#include "evaluation/interpreter/draw.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/fnv_hash.h"
#include "runtime/points/philox_stream.h"

namespace tpc::evaluation::interpreter {
namespace {

uint64_t name_hash(std::string_view name) {
  FnvHash hash;
  hash.add_bytes(name);
  return hash.value();
}

}  // namespace

void draw_initial(const ir::State& state, uint64_t seed, int64_t width, double* entries, int64_t count) {
  const double scale = state.init.kind == ir::InitKind::zero
                           ? 0.0
                           : state.init.value * std::pow(static_cast<double>(width), -state.b.value());
  if (state.init.kind != ir::InitKind::gaussian && state.init.kind != ir::InitKind::noise) {
    std::fill(entries, entries + count, scale);
    return;
  }
  constexpr int64_t block_size = runtime::PhiloxNormals::block_size;
  const runtime::PhiloxNormals normals(seed, name_hash(state.name));
  const int64_t blocks = (count + block_size - 1) / block_size;
  tbb::parallel_for(tbb::blocked_range<int64_t>(0, blocks, 1024), [&](const tbb::blocked_range<int64_t>& range) {
    for (int64_t block = range.begin(); block < range.end(); ++block) {
      const auto values = normals.block(static_cast<uint64_t>(block));
      const int64_t first = block * block_size;
      for (int64_t i = first; i < std::min(first + block_size, count); ++i) {
        entries[i] = scale * values[static_cast<size_t>(i - first)];
      }
    }
  });
}

}  // namespace tpc::evaluation::interpreter
