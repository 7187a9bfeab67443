#include "runtime/matrix/update_store.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "runtime/algebra/gemm.h"
#include "runtime/algebra/joint_bases.h"
#include "runtime/matrix/orthogonalize.h"
#include "runtime/support/failure.h"

namespace tpc::runtime {

template <class Real>
UpdateStore<Real>::UpdateStore(const SampleSpace& space, const Compression& compression)
    : space_(space), compression_(compression), sides_{Side(space.count), Side(space.count)}, members_(1), old_(1) {}

template <class Real>
std::size_t UpdateStore<Real>::add_member() {
  members_.emplace_back();
  old_.resize(members_.size());
  return members_.size() - 1;
}

template <class Real>
std::size_t UpdateStore<Real>::rank() const {
  return std::max(sides_[0].basis.size(), sides_[1].basis.size()) + in_panels_;
}

/// y = sum_ab K_ab E[q_b x] p_a + sum_i c_i E[right_i x] left_i.
template <class Real>
void UpdateStore<Real>::apply(std::size_t member, bool transposed, const Real* x, std::size_t rows, Real* y,
                              SampleAlgebra<Real>& algebra) {
  const Side& from = sides_[transposed ? 0 : 1];
  const Side& to = sides_[transposed ? 1 : 0];
  const std::size_t in = from.basis.size(), out = to.basis.size();
  const std::size_t in_columns = in + in_panels_, out_columns = out + in_panels_;
  rows_.clear();
  from.basis.list(0, in, rows_);
  from.panel.list(0, in_panels_, rows_);
  overlap_.resize(rows * in_columns);
  algebra.inner({x, rows, space_.count}, rows_, overlap_.data(), in_columns);
  coefficients_.resize(rows * out_columns);
  gemm(Layout::plain, transposed ? Layout::plain : Layout::transposed, rows, out, in, 1.0, overlap_.data(), in_columns,
       members_[member].core.data(), sides_[1].basis.size(), 0.0, coefficients_.data(), out_columns);
  const double* of_terms = members_[member].coefficients.data();
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < in_panels_; ++i) {
      coefficients_[row * out_columns + out + i] = overlap_[row * in_columns + in + i] * of_terms[i];
    }
  }
  rows_.clear();
  to.basis.list(0, out, rows_);
  to.panel.list(0, in_panels_, rows_);
  algebra.combine(1.0, coefficients_.data(), out_columns, rows_, y, rows, space_.count, false);
}

template <class Real>
void UpdateStore<Real>::append(std::size_t member, double coefficient, const Real* left, const Real* right,
                               std::size_t rows, SampleAlgebra<Real>& algebra) {
  if (!std::isfinite(coefficient))
    fail(TP_NOT_FINITE, "the coefficient of a matrix update became infinite or undefined");
  const std::size_t most = std::max({compression_.panel_terms, sides_[0].basis.size(), sides_[1].basis.size()});
  if (pending_.empty() && !compressed_ && in_panels_ >= most) compressed_ = compressed(algebra);
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
  RowStore<Real>&left_panel = sides_[0].panel, &right_panel = sides_[1].panel;
  const std::size_t first = left_panel.size();
  for (std::size_t i = 0; i < rows; ++i) {
    left_panel.append();
    right_panel.append();
  }
  for (Member& member : members_) member.coefficients.resize(first + rows, 0.0);
  for_blocks(space_, space_.algebra_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < rows; ++i) {
      std::copy(left + i * samples + begin, left + i * samples + end, left_panel.row(first + i) + begin);
      std::copy(right + i * samples + begin, right + i * samples + end, right_panel.row(first + i) + begin);
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

/// k'_m = sum_j next_mj k_j for every entry of the cores and every coefficient of a committed term.
template <class Real>
void UpdateStore<Real>::commit() noexcept {
  const auto map = [&](std::vector<double> Member::* entries, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < old_.size(); ++j) old_[j] = (members_[j].*entries)[i];
      for (Member& member : members_) {
        if (!member.next) continue;
        double sum = 0.0;
        for (std::size_t j = 0; j < old_.size(); ++j) sum += (*member.next)[j] * old_[j];
        (member.*entries)[i] = sum;
      }
    }
  };
  if (compressed_) take(*compressed_);
  compressed_.reset();
  if (combines()) {
    map(&Member::core, members_[0].core.size());
    map(&Member::coefficients, in_panels_);
  }
  for (Member& member : members_) member.next.reset();
  pending_.clear();
  terms_ += sides_[0].panel.size() - in_panels_;
  in_panels_ = sides_[0].panel.size();
}

template <class Real>
void UpdateStore<Real>::discard_pending() {
  for (Side& side : sides_) side.panel.truncate(in_panels_);
  for (Member& member : members_) {
    member.coefficients.resize(in_panels_);
    member.next.reset();
  }
  pending_.clear();
  compressed_.reset();
}

template <class Real>
bool UpdateStore<Real>::combines() const {
  return std::any_of(members_.begin(), members_.end(), [](const Member& member) { return member.next.has_value(); });
}

/// The committed terms in new orthonormal bases.
template <class Real>
auto UpdateStore<Real>::compressed(SampleAlgebra<Real>& algebra) const -> Compressed {
  Compressed result{{RowStore<Real>(space_.count), RowStore<Real>(space_.count)}, {}};
  if (compression_.discarded) {
    reduce(*compression_.discarded, result, algebra);
  } else {
    const Coordinates left = absorb(sides_[0], result.bases[0], algebra);
    result.cores = cores_in(left, absorb(sides_[1], result.bases[1], algebra));
  }
  return result;
}

/// basis: that of the side and all new directions of its panel.
template <class Real>
auto UpdateStore<Real>::absorb(const Side& side, RowStore<Real>& basis, SampleAlgebra<Real>& algebra) const
    -> Coordinates {
  // Below it a residual consists of rounding errors. Gram-Schmidt is repeated, so this close to rounding is safe.
  constexpr double least = std::is_same_v<Real, double> ? 1e-13 : 1e-5;
  const std::size_t old = side.basis.size(), room = old + in_panels_;
  for (std::size_t i = 0; i < old; ++i) std::copy_n(side.basis.row(i), space_.count, basis.append());
  BatchDecomposition<Real> batch;
  RowList<Real> chunks;
  side.panel.list(0, in_panels_, chunks);
  std::vector<double> coordinates(room * room, 0.0);
  for (std::size_t i = 0; i < old; ++i) coordinates[i * room + i] = 1.0;
  double typical_norm = 0.0;
  std::size_t first = old;
  for (const Rows<Real>& rows : chunks) {
    orthogonalize(algebra, rows, NewDirections{least}, least, typical_norm, basis, batch);
    for (std::size_t i = 0; i < rows.count; ++i) {
      std::copy_n(batch.coefficients.data() + i * batch.stride, basis.size(), coordinates.data() + (first + i) * room);
    }
    first += rows.count;
  }
  return {std::move(coordinates), basis.size(), room};
}

/// left^T (K_m, and c_mi on the diagonal behind it) right, for every member m.
template <class Real>
std::vector<std::vector<double>> UpdateStore<Real>::cores_in(const Coordinates& left, const Coordinates& right) const {
  const std::size_t old_rows = sides_[0].basis.size(), old_columns = sides_[1].basis.size();
  std::vector<double> weighted((old_columns + in_panels_) * left.count);
  std::vector<std::vector<double>> cores;
  for (const Member& member : members_) {
    gemm(Layout::transposed, Layout::plain, old_columns, left.count, old_rows, 1.0, member.core.data(), old_columns,
         left.values.data(), left.stride, 0.0, weighted.data(), left.count);
    for (std::size_t i = 0; i < in_panels_; ++i) {
      const double* term = left.values.data() + (old_rows + i) * left.stride;
      double* to = weighted.data() + (old_columns + i) * left.count;
      for (std::size_t a = 0; a < left.count; ++a) to[a] = member.coefficients[i] * term[a];
    }
    auto& core = cores.emplace_back(left.count * right.count);
    gemm(Layout::transposed, Layout::plain, left.count, right.count, old_columns + in_panels_, 1.0, weighted.data(),
         left.count, right.values.data(), right.stride, 0.0, core.data(), right.count);
  }
  return cores;
}

/// By inner products alone, and without the directions in which every core is small: rows are combined once.
template <class Real>
void UpdateStore<Real>::reduce(const RisingThreshold& discarded, Compressed& reduced,
                               SampleAlgebra<Real>& algebra) const {
  RowList<Real> rows[2];
  for (std::size_t i = 0; i < 2; ++i) {
    sides_[i].basis.list(0, sides_[i].basis.size(), rows[i]);
    sides_[i].panel.list(0, in_panels_, rows[i]);
  }
  const RowFactor left = factored(rows[0], algebra), right = factored(rows[1], algebra);
  reduced.cores =
      cores_in({left.coordinates(), left.rank(), left.rank()}, {right.coordinates(), right.rank(), right.rank()});
  std::vector<const double*> matrices;
  for (const auto& core : reduced.cores) matrices.push_back(core.data());
  const JointBases bases = joint_bases(matrices, left.rank(), right.rank(), discarded);
  reduced.discarded_squares = bases.discarded * bases.discarded;
  std::vector<double> half(bases.left_count * right.rank());
  for (auto& core : reduced.cores) {
    gemm(Layout::transposed, Layout::plain, bases.left_count, right.rank(), left.rank(), 1.0, bases.left.data(),
         bases.left_count, core.data(), right.rank(), 0.0, half.data(), right.rank());
    core.resize(bases.left_count * bases.right_count);
    gemm(Layout::plain, Layout::plain, bases.left_count, bases.right_count, right.rank(), 1.0, half.data(),
         right.rank(), bases.right.data(), bases.right_count, 0.0, core.data(), bases.right_count);
  }
  combine_rows(rows[0], left.combination(bases.left, bases.left_count), bases.left_count, reduced.bases[0], algebra);
  combine_rows(rows[1], right.combination(bases.right, bases.right_count), bases.right_count, reduced.bases[1],
               algebra);
}

template <class Real>
RowFactor UpdateStore<Real>::factored(const RowList<Real>& rows, SampleAlgebra<Real>& algebra) const {
  // Inner products are exact up to rounding, so what a row adds is known up to its square root.
  constexpr double least = std::is_same_v<Real, double> ? 1e-7 : 1e-3;
  const std::size_t count = row_count(rows);
  std::vector<double> gram(count * count);
  std::size_t first = 0;
  RowList<Real> so_far;
  for (const Rows<Real>& chunk : rows) {
    so_far.push_back(chunk);
    algebra.inner(chunk, so_far, gram.data() + first * count, count);
    first += chunk.count;
  }
  return RowFactor(gram, count, least);
}

/// In place of the committed terms; pending ones move to the front of the panels.
template <class Real>
void UpdateStore<Real>::take(Compressed& compressed) noexcept {
  const std::size_t pending = sides_[0].panel.size() - in_panels_;
  for (std::size_t i = 0; i < 2; ++i) {
    RowStore<Real>& panel = sides_[i].panel;
    for (std::size_t j = 0; j < pending; ++j) std::copy_n(panel.row(in_panels_ + j), space_.count, panel.row(j));
    panel.truncate(pending);
    std::swap(sides_[i].basis, compressed.bases[i]);
  }
  for (std::size_t m = 0; m < members_.size(); ++m) {
    members_[m].core.swap(compressed.cores[m]);
    auto& coefficients = members_[m].coefficients;
    coefficients.erase(coefficients.begin(), coefficients.begin() + static_cast<std::ptrdiff_t>(in_panels_));
  }
  in_panels_ = 0;
  discarded_squares_ += compressed.discarded_squares;
}

/// `count` rows sum_i coefficients[j, i] from_i, appended to `to`.
template <class Real>
void UpdateStore<Real>::combine_rows(const RowList<Real>& from, const std::vector<double>& coefficients,
                                     std::size_t count, RowStore<Real>& to, SampleAlgebra<Real>& algebra) const {
  const std::size_t columns = row_count(from);
  for (std::size_t j = 0; j < count; ++j) to.append();
  RowList<Real> chunks;
  to.list(0, count, chunks);
  std::size_t first = 0;
  for (const Rows<Real>& rows : chunks) {
    algebra.combine(1.0, coefficients.data() + first * columns, columns, from, to.row(first), rows.count, rows.stride,
                    false);
    first += rows.count;
  }
}

template <class Real>
void UpdateStore<Real>::restore(std::size_t terms, double discarded) {
  terms_ = terms;
  discarded_squares_ = discarded * discarded;
  in_panels_ = sides_[0].panel.size();
}

template class UpdateStore<double>;
template class UpdateStore<float>;

}  // namespace tpc::runtime
