/// \file States K(w, w') of two independent points of the sample space, held at all pairs of sample points: what
/// training by entrywise optimizers makes of n x n weights (Yang and Littwin 2023, section 2.9).
///
/// One set of points stands on both sides: E[K(w, w') x(w') | w] = (1 / M) sum_b K_ab x_b for every w_a, a quadrature
/// like any other, and products with K and with its transpose are adjoint to rounding. Values are of single precision:
/// they are averaged over M points, whose own error is 10^4 times larger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "runtime/algebra/sample_space.h"
#include "runtime/support/aligned_buffer.h"
#include "tpc/runtime.h"

namespace tpc::runtime {

/// What tp_rt_pairs is given.
struct PairPhase {
  tp_pair_kernel kernel = nullptr;
  const void* const* left = nullptr;  ///< of each product: [rows, M]
  const void* const* right = nullptr;
  const std::int64_t* rows = nullptr;
  std::size_t products = 0;
  const std::uint32_t* states = nullptr;
  std::size_t state_count = 0;
  const double* numbers = nullptr;
  std::size_t number_count = 0;
};

/// Those of one replica.
class PairStates {
 public:
  explicit PairStates(const SampleSpace& space) : space_(space) {}

  /// A new state, 0 at all pairs.
  void add(std::uint32_t state);
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] float* values(std::uint32_t state) { return values_.at(state).data(); }
  [[nodiscard]] const float* values(std::uint32_t state) const { return values_.at(state).data(); }
  [[nodiscard]] std::size_t pair_count() const { return space_.count * space_.count; }

  /// out_i(w) = E[K(w, w') in_i(w') | w], or with K(w', w); rows of M values.
  template <class Real>
  void apply(std::uint32_t state, bool transposed, const Real* in, std::size_t rows, Real* out);

  /// Leaves a phase to be done by commit(), which changes the states in place: K depends on the vectors that are given
  /// here and on its own old value.
  template <class Real>
  void prepare(const PairPhase& phase);
  void commit() noexcept;
  void discard() noexcept { pending_count_ = 0; }

 private:
  struct Product {
    std::size_t rows = 0;
    std::vector<float> left, right;
  };
  struct Pending {
    tp_pair_kernel kernel = nullptr;
    std::vector<Product> products;
    std::vector<float*> states;
    std::vector<double> numbers;
    std::vector<unsigned char> tile_done;
  };
  void run(Pending& phase) noexcept;
  void run_tile(Pending& phase, std::size_t tile, std::size_t worker) noexcept;
  /// Room for the products of one tile and the table of arrays, by worker.
  void reserve_workers(std::size_t arrays, std::size_t products);

  const SampleSpace& space_;
  std::map<std::uint32_t, AlignedBuffer<float>> values_;  ///< [M, M], w first
  std::vector<Pending> pending_;  ///< the first `pending_count_`: of this call; their memory is used again
  std::size_t pending_count_ = 0;
  struct Worker {
    AlignedBuffer<float> products;
    std::vector<float*> arrays;
  };
  std::vector<Worker> workers_;
  std::vector<float> in_, out_;  ///< of apply
};

}  // namespace tpc::runtime
