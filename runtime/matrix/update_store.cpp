#include "runtime/matrix/update_store.h"

#include <algorithm>
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
      right_(space.count),
      members_(1) {}

template <class Real>
std::size_t UpdateStore<Real>::add_member() {
  members_.emplace_back();
  return members_.size() - 1;
}

template <class Real>
void UpdateStore<Real>::apply(std::size_t member, bool transposed, const Real* x, std::size_t rows, Real* y,
                              SampleAlgebra<Real>& algebra) {
  if (is_dense_) return apply_dense(members_[member], transposed, x, rows, y);
  left_rows_.clear();
  right_rows_.clear();
  (transposed ? right_ : left_).list(0, in_panels_, left_rows_);
  (transposed ? left_ : right_).list(0, in_panels_, right_rows_);
  overlap_.resize(rows * in_panels_);
  algebra.inner({x, rows, space_.count}, right_rows_, overlap_.data(), in_panels_);
  const double* coefficients = members_[member].coefficients.data();
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < in_panels_; ++i) overlap_[row * in_panels_ + i] *= coefficients[i];
  }
  algebra.combine(1.0, overlap_.data(), in_panels_, left_rows_, y, rows, space_.count, false);
}

/// y[b, s] = sum_u weight_u D[s, u] x[b, u]; every block of s is one product over all u.
template <class Real>
void UpdateStore<Real>::apply_dense(const Member& member, bool transposed, const Real* x, std::size_t rows, Real* y) {
  const std::size_t samples = space_.count;
  const Real weight = static_cast<Real>(space_.uniform_weight);
  for_blocks(space_, space_.kernel_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    const Real* block = transposed ? member.dense.data() + begin : member.dense.data() + begin * samples;
    gemm(Layout::plain, transposed ? Layout::plain : Layout::transposed, rows, end - begin, samples, weight, x, samples,
         block, samples, Real{0}, y + begin, samples);
  });
}

template <class Real>
void UpdateStore<Real>::append(std::size_t member, double coefficient, const Real* left, const Real* right,
                               std::size_t rows) {
  if (!std::isfinite(coefficient))
    fail(TP_NOT_FINITE, "the coefficient of a matrix update became infinite or undefined");
  auto given = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& terms) {
    return terms.left == left && terms.right == right && terms.count == rows;
  });
  const Pending terms = given != pending_.end() ? *given : store(left, right, rows);
  for (std::size_t i = 0; i < rows; ++i) members_[member].coefficients[terms.first + i] += coefficient;
}

/// New rows with coefficient 0 in every member.
template <class Real>
auto UpdateStore<Real>::store(const Real* left, const Real* right, std::size_t rows) -> Pending {
  const std::size_t samples = space_.count;
  const std::size_t first = left_.size();
  for (std::size_t i = 0; i < rows; ++i) {
    left_.append();
    right_.append();
  }
  for (Member& member : members_) member.coefficients.resize(first + rows, 0.0);
  for_blocks(space_, space_.algebra_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < rows; ++i) {
      std::copy(left + i * samples + begin, left + i * samples + end, left_.row(first + i) + begin);
      std::copy(right + i * samples + begin, right + i * samples + end, right_.row(first + i) + begin);
    }
  });
  return pending_.emplace_back(Pending{left, right, first, rows});
}

template <class Real>
void UpdateStore<Real>::combine(std::size_t member, std::size_t source, double coefficient) {
  if (!std::isfinite(coefficient))
    fail(TP_NOT_FINITE, "a coefficient of combined matrix updates became infinite or undefined");
  auto& next = members_[member].next;
  if (!next) next.emplace(members_.size(), 0.0);
  (*next)[source] += coefficient;
}

template <class Real>
void UpdateStore<Real>::prepare_commit() {
  becomes_dense_ = !is_dense_ && left_.size() > dense_from_;
  if (!becomes_dense_) return;
  require_memory(static_cast<double>(space_.count) * static_cast<double>(space_.count) * sizeof(Real) *
                 static_cast<double>(members_.size()));
  for (Member& member : members_) member.dense.reserve(space_.count * space_.count);
}

template <class Real>
void UpdateStore<Real>::commit() {
  if (combines()) is_dense_ ? combine_dense() : combine_columns();
  for (Member& member : members_) member.next.reset();
  pending_.clear();
  terms_ += left_.size() - in_panels_;
  in_panels_ = left_.size();
  if (!is_dense_ && !becomes_dense_) return;
  for (Member& member : members_) {
    fold_into_dense(member);
    member.coefficients.clear();
  }
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
  for (Member& member : members_) {
    member.coefficients.resize(in_panels_);
    member.next.reset();
  }
  pending_.clear();
  becomes_dense_ = false;
}

template <class Real>
bool UpdateStore<Real>::combines() const {
  return std::any_of(members_.begin(), members_.end(), [](const Member& member) { return member.next.has_value(); });
}

/// c'_k = sum_j next_kj c_j for the committed terms.
template <class Real>
void UpdateStore<Real>::combine_columns() {
  std::vector<double> old(members_.size());
  for (std::size_t i = 0; i < in_panels_; ++i) {
    for (std::size_t j = 0; j < old.size(); ++j) old[j] = members_[j].coefficients[i];
    for (Member& member : members_) {
      if (!member.next) continue;
      double sum = 0.0;
      for (std::size_t j = 0; j < old.size(); ++j) sum += (*member.next)[j] * old[j];
      member.coefficients[i] = sum;
    }
  }
}

/// The same for dense matrices, entry by entry.
template <class Real>
void UpdateStore<Real>::combine_dense() {
  for_blocks(space_, space_.kernel_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<Real> old(members_.size());
    for (std::size_t i = begin * space_.count; i < end * space_.count; ++i) {
      for (std::size_t j = 0; j < old.size(); ++j) old[j] = members_[j].dense.data()[i];
      for (Member& member : members_) {
        if (!member.next) continue;
        double sum = 0.0;
        for (std::size_t j = 0; j < old.size(); ++j) sum += (*member.next)[j] * static_cast<double>(old[j]);
        member.dense.data()[i] = static_cast<Real>(sum);
      }
    }
  });
}

/// D[s, u] += sum_i c_i left_i[s] right_i[u].
template <class Real>
void UpdateStore<Real>::fold_into_dense(Member& member) {
  const std::size_t samples = space_.count;
  right_rows_.clear();
  right_.list(0, in_panels_, right_rows_);
  for_blocks(space_, space_.kernel_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    const std::size_t length = end - begin;
    std::vector<Real> scaled;
    Real* block = member.dense.data() + begin * samples;
    if (becomes_dense_) std::fill(block, block + (end - begin) * samples, Real{0});
    std::size_t first = 0;
    for (const Rows<Real>& right : right_rows_) {
      scaled.resize(right.count * length);
      for (std::size_t i = 0; i < right.count; ++i) {
        const Real coefficient = static_cast<Real>(member.coefficients[first + i]);
        const Real* left = left_.row(first + i) + begin;
        for (std::size_t s = 0; s < length; ++s) scaled[i * length + s] = coefficient * left[s];
      }
      gemm(Layout::transposed, Layout::plain, length, samples, right.count, Real{1}, scaled.data(), length, right.data,
           right.stride, Real{1}, block, samples);
      first += right.count;
    }
  });
}

template <class Real>
void UpdateStore<Real>::restore(std::size_t terms, bool is_dense) {
  terms_ = terms;
  is_dense_ = is_dense;
  in_panels_ = is_dense ? 0 : terms;
  for (Member& member : members_) {
    member.coefficients.resize(in_panels_);
    if (is_dense) member.dense.reserve(space_.count * space_.count);
  }
}

template class UpdateStore<double>;
template class UpdateStore<float>;

}  // namespace tpc::runtime
