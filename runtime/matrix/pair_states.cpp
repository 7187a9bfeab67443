#include "runtime/matrix/pair_states.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <new>

#include "runtime/algebra/gemm.h"
#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

/// Rows of pairs that are worked on together: what products, states and kernel share stays in the second cache.
constexpr std::size_t tile_rows = 32;
/// Columns of a product that one task computes.
constexpr std::size_t block_columns = 512;

template <class Real>
void copy_single(const void* rows, std::size_t numbers, std::vector<float>& copy) {
  const Real* values = static_cast<const Real*>(rows);
  copy.assign(values, values + numbers);
}

}  // namespace

void PairStates::add(std::uint32_t state) {
  AlignedBuffer<float>& values = values_[state];
  values.reserve(pair_count());
  std::fill_n(values.data(), pair_count(), 0.0f);
}

template <class Real>
void PairStates::apply(std::uint32_t state, bool transposed, const Real* in, std::size_t rows, Real* out) {
  const std::size_t samples = space_.count;
  const float* k = values(state);
  in_.assign(in, in + rows * samples);
  out_.resize(rows * samples);
  const float scale = static_cast<float>(space_.uniform_weight);
  for_blocks(space_, block_columns, [&](std::size_t, std::size_t begin, std::size_t end) {
    gemm(Layout::plain, transposed ? Layout::plain : Layout::transposed, rows, end - begin, samples, scale, in_.data(),
         samples, k + (transposed ? begin : begin * samples), samples, 0.0f, out_.data() + begin, samples);
  });
  std::copy(out_.begin(), out_.end(), out);
}

template <class Real>
void PairStates::prepare(const PairPhase& phase) {
  if (pending_count_ == pending_.size()) pending_.emplace_back();
  Pending& pending = pending_[pending_count_];
  pending.kernel = phase.kernel;
  pending.products.resize(phase.products);
  for (std::size_t i = 0; i < phase.products; ++i) {
    Product& product = pending.products[i];
    product.rows = static_cast<std::size_t>(phase.rows[i]);
    copy_single<Real>(phase.left[i], product.rows * space_.count, product.left);
    copy_single<Real>(phase.right[i], product.rows * space_.count, product.right);
  }
  pending.states.clear();
  for (std::size_t i = 0; i < phase.state_count; ++i) pending.states.push_back(values(phase.states[i]));
  pending.numbers.assign(phase.numbers, phase.numbers + phase.number_count);
  pending.tile_done.assign((space_.count + tile_rows - 1) / tile_rows, 0);
  reserve_workers(phase.products + phase.state_count, phase.products);
  ++pending_count_;
}

void PairStates::reserve_workers(std::size_t arrays, std::size_t products) {
  workers_.resize(static_cast<std::size_t>(tbb::this_task_arena::max_concurrency()));
  for (Worker& worker : workers_) {
    worker.products.reserve(std::max<std::size_t>(1, products * tile_rows * space_.count));
    worker.arrays.reserve(arrays);
  }
}

void PairStates::commit() noexcept {
  for (std::size_t i = 0; i < pending_count_; ++i) run(pending_[i]);
  pending_count_ = 0;
}

/// Each tile once, whatever happens: those that the scheduler has no memory for are done by this thread.
void PairStates::run(Pending& phase) noexcept {
  const std::size_t tiles = phase.tile_done.size();
  try {
    tbb::parallel_for(std::size_t{0}, tiles, [&](std::size_t tile) {
      const int thread = tbb::this_task_arena::current_thread_index();
      run_tile(phase, tile, static_cast<std::size_t>(std::max(0, thread)) % workers_.size());
    });
  } catch (const std::bad_alloc&) {
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      if (phase.tile_done[tile] == 0) run_tile(phase, tile, 0);
    }
  }
}

void PairStates::run_tile(Pending& phase, std::size_t tile, std::size_t number) noexcept {
  const std::size_t samples = space_.count, first = tile * tile_rows;
  const std::size_t rows = std::min(tile_rows, samples - first);
  Worker& worker = workers_[number];
  worker.arrays.clear();
  float* product = worker.products.data();
  for (const Product& each : phase.products) {
    gemm(Layout::transposed, Layout::plain, rows, samples, each.rows, 1.0f, each.left.data() + first, samples,
         each.right.data(), samples, 0.0f, product, samples);
    worker.arrays.push_back(product);
    product += tile_rows * samples;
  }
  for (float* state : phase.states) worker.arrays.push_back(state + first * samples);
  phase.kernel(worker.arrays.data(), phase.numbers.data(), static_cast<std::int64_t>(rows * samples));
  phase.tile_done[tile] = 1;
}

template void PairStates::apply(std::uint32_t, bool, const double*, std::size_t, double*);
template void PairStates::apply(std::uint32_t, bool, const float*, std::size_t, float*);
template void PairStates::prepare<double>(const PairPhase&);
template void PairStates::prepare<float>(const PairPhase&);

}  // namespace tpc::runtime
