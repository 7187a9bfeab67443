#include "runtime/matrix/update_store.h"

#include <cmath>

#include "runtime/algebra/gemm.h"
#include "runtime/support/failure.h"
#include "runtime/support/memory.h"

namespace tpc::runtime {

template <class Real>
UpdateStore<Real>::UpdateStore(const SampleSpace& space, std::size_t dense_from)
    : space_(space),
      dense_from_(dense_from > 0 ? dense_from : space.count / 2),
      left_(space.count),
      right_(space.count) {}

template <class Real>
void UpdateStore<Real>::apply(bool transposed, const Real* x, std::size_t rows, Real* y, SampleAlgebra<Real>& algebra) {
  if (is_dense_) return apply_dense(transposed, x, rows, y);
  left_rows_.clear();
  right_rows_.clear();
  (transposed ? right_ : left_).list(0, in_panels_, left_rows_);
  (transposed ? left_ : right_).list(0, in_panels_, right_rows_);
  overlap_.resize(rows * in_panels_);
  algebra.inner({x, rows, space_.count}, right_rows_, overlap_.data(), in_panels_);
  algebra.combine(1.0, overlap_.data(), in_panels_, left_rows_, y, rows, space_.count, false);
}

/// y[b, s] = sum_u weight_u D[s, u] x[b, u]; every block of s is one product over all u.
template <class Real>
void UpdateStore<Real>::apply_dense(bool transposed, const Real* x, std::size_t rows, Real* y) {
  const std::size_t samples = space_.count;
  const Real weight = static_cast<Real>(space_.uniform_weight);
  for_blocks(space_, space_.kernel_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    const Real* block = transposed ? dense_.data() + begin : dense_.data() + begin * samples;
    gemm(Layout::plain, transposed ? Layout::plain : Layout::transposed, rows, end - begin, samples, weight, x, samples,
         block, samples, Real{0}, y + begin, samples);
  });
}

template <class Real>
void UpdateStore<Real>::append(double coefficient, const Real* left, const Real* right, std::size_t rows) {
  if (!std::isfinite(coefficient))
    fail(TP_NOT_FINITE, "the coefficient of a matrix update became infinite or undefined");
  const std::size_t samples = space_.count;
  const std::size_t first = left_.size();
  for (std::size_t i = 0; i < rows; ++i) {
    left_.append();
    right_.append();
  }
  for_blocks(space_, space_.algebra_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < rows; ++i) {
      Real* to = left_.row(first + i);
      for (std::size_t s = begin; s < end; ++s) to[s] = static_cast<Real>(coefficient) * left[i * samples + s];
      std::copy(right + i * samples + begin, right + i * samples + end, right_.row(first + i) + begin);
    }
  });
}

template <class Real>
void UpdateStore<Real>::prepare_commit() {
  becomes_dense_ = !is_dense_ && left_.size() > dense_from_;
  if (!becomes_dense_) return;
  require_memory(static_cast<double>(space_.count) * static_cast<double>(space_.count) * sizeof(Real));
  dense_.reserve(space_.count * space_.count);
}

template <class Real>
void UpdateStore<Real>::commit() {
  terms_ += left_.size() - in_panels_;
  in_panels_ = left_.size();
  if (!is_dense_ && !becomes_dense_) return;
  fold_into_dense();
  in_panels_ = 0;
  if (becomes_dense_) {
    left_.release();
    right_.release();
  }
  left_.truncate(0);
  right_.truncate(0);
  is_dense_ = true;
  becomes_dense_ = false;
}

template <class Real>
void UpdateStore<Real>::discard_pending() {
  left_.truncate(in_panels_);
  right_.truncate(in_panels_);
  becomes_dense_ = false;
}

/// D[s, u] += sum_i left_i[s] right_i[u].
template <class Real>
void UpdateStore<Real>::fold_into_dense() {
  const std::size_t samples = space_.count;
  left_rows_.clear();
  right_rows_.clear();
  left_.list(0, in_panels_, left_rows_);
  right_.list(0, in_panels_, right_rows_);
  for_blocks(space_, space_.kernel_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    Real* block = dense_.data() + begin * samples;
    if (becomes_dense_) std::fill(block, block + (end - begin) * samples, Real{0});
    for (std::size_t chunk = 0; chunk < left_rows_.size(); ++chunk) {
      gemm(Layout::transposed, Layout::plain, end - begin, samples, left_rows_[chunk].count, Real{1},
           left_rows_[chunk].data + begin, left_rows_[chunk].stride, right_rows_[chunk].data, right_rows_[chunk].stride,
           Real{1}, block, samples);
    }
  });
}

template <class Real>
void UpdateStore<Real>::restore(std::size_t terms, bool is_dense) {
  terms_ = terms;
  is_dense_ = is_dense;
  in_panels_ = is_dense ? 0 : left_.size();
  if (is_dense) dense_.reserve(space_.count * space_.count);
}

template class UpdateStore<double>;
template class UpdateStore<float>;

}  // namespace tpc::runtime
