#include "runtime/matrix/conditioned_matrix.h"

#include <cmath>
#include <limits>
#include <type_traits>

#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

constexpr std::size_t batch_block = 64;  // larger batches are split: bounded working memory

/// The second Gram-Schmidt round repairs what cancellation left only while the residual is well above rounding.
template <class Real>
constexpr double least_residual = std::is_same_v<Real, double> ? 1e-10 : 1e-4;
/// Stored directions have the advantages of the sample points: low discrepancy, and moments that match exactly. These
/// are worth most for the first ones, which all vectors share (digits: 28 of each side halve the variance that the
/// random matrix alone has, 600 would take another tenth), while every one costs time at every product. A direction
/// that is stored later would change what the random matrix made of earlier vectors, all the more the larger the part
/// that they had of it: so nearly everything is stored until there is no more room, and nothing afterwards.
template <class Real>
NewDirections storing_rule(std::size_t samples, double tolerance, tp_method method) {
  if (method == TP_METHOD_EXACT) return {least_residual<Real>};
  if (tolerance >= 1.0) return {1.0, 0};
  if (tolerance >= 0.0) return {std::max(tolerance, least_residual<Real>)};
  return {1e-3, std::min<std::size_t>(32, samples / 4)};
}

template <class Real>
double dropped(tp_method method) {
  return method == TP_METHOD_EXACT ? least_residual<Real>
                                   : 64.0 * static_cast<double>(std::numeric_limits<Real>::epsilon());
}

/// fresh_i -= sum_j E[fresh_i row_j] scale row_j.
template <class Real>
void remove_components(Real* fresh, std::size_t count, const RowList<Real>& rows, double scale,
                       SampleAlgebra<Real>& algebra, std::vector<double>& overlap) {
  const std::size_t columns = row_count(rows);
  const std::size_t samples = algebra.space().count;
  overlap.resize(count * columns);
  algebra.inner({fresh, count, samples}, rows, overlap.data(), columns);
  algebra.combine(-scale, overlap.data(), columns, rows, fresh, count, samples, true);
}

}  // namespace

template <class Real>
ConditionedMatrix<Real>::ConditionedMatrix(const SampleSpace& space, double sigma, double tolerance,
                                           const PointOptions& points, std::uint32_t number)
    : samples_(space.count),
      points_(points),
      number_(number),
      sigma_(sigma),
      store_(storing_rule<Real>(space.count, tolerance, points.method)),
      drop_(dropped<Real>(points.method)),
      families_{Family(space.count), Family(space.count)} {}

template <class Real>
void ConditionedMatrix<Real>::truncate(const Size& size) {
  for (std::size_t i = 0; i < 2; ++i) {
    families_[i].basis.truncate(size.directions[i]);
    families_[i].images.truncate(size.directions[i]);
    families_[i].typical_norms = size.typical_norms[i];
  }
  unstored_ = size.unstored;
}

template <class Real>
double ConditionedMatrix<Real>::truncation() const {
  return std::max(families_[0].basis.size(), families_[1].basis.size()) < store_.most ? store_.least : 1.0;
}

template <class Real>
void ConditionedMatrix<Real>::apply(bool transposed, std::size_t size_class, const Real* x, std::size_t rows, Real* y,
                                    SampleAlgebra<Real>& algebra, FreshDirections& fresh,
                                    ConditioningWorkspace<Real>& workspace) {
  if (size_class >= TP_SIZE_CLASSES) fail(TP_INTERNAL, "a compiled function has more size classes than there are");
  if (sigma_ == 0.0) {
    std::fill_n(y, rows * samples_, Real{0});
    return;
  }
  for (std::size_t first = 0; first < rows; first += batch_block) {
    apply_block(transposed, size_class, x + first * samples_, std::min(batch_block, rows - first), y + first * samples_,
                algebra, fresh, workspace);
  }
}

template <class Real>
void ConditionedMatrix<Real>::apply_block(bool transposed, std::size_t size_class, const Real* x, std::size_t rows,
                                          Real* y, SampleAlgebra<Real>& algebra, FreshDirections& fresh,
                                          ConditioningWorkspace<Real>& workspace) {
  Family& own = families_[transposed ? 1 : 0];
  BatchDecomposition<Real>& batch = workspace.batch;
  orthogonalize(algebra, {x, rows, samples_}, store_, drop_, own.typical_norms[size_class], own.basis, batch);
  make_images(transposed, algebra, fresh, workspace);

  // y_b = sum_j c_bj W p_j + rho_b W (remaining direction of b).
  const std::size_t known = batch.known + batch.stored;
  const std::size_t remaining = batch.remaining_row.size();
  for (std::size_t i = 0; i < remaining; ++i) {
    batch.coefficients[batch.remaining_row[i] * batch.stride + known + i] = batch.remaining_norm[i];
  }
  workspace.images.clear();
  own.images.list(0, known, workspace.images);
  if (remaining > 0) {
    workspace.images.push_back({workspace.fresh.data() + batch.stored * samples_, remaining, samples_});
  }
  algebra.combine(1.0, batch.coefficients.data(), batch.stride, workspace.images, y, rows, samples_, false);
  unstored_ += remaining;
}

/// Images of the batch's new directions (appended) and of what remains (left in workspace.fresh behind the former); g
/// is a new Gaussian for those, for these the random matrix applied to them. W p_i = (sigma / |g_i|) (g_i - sum_k E[q_k
/// g_i] q_k) + sum_k E[(W^T q_k) p_i] q_k.
template <class Real>
void ConditionedMatrix<Real>::make_images(bool transposed, SampleAlgebra<Real>& algebra, FreshDirections& fresh,
                                          ConditioningWorkspace<Real>& workspace) {
  BatchDecomposition<Real>& batch = workspace.batch;
  Family& own = families_[transposed ? 1 : 0];
  const Family& dual = families_[transposed ? 0 : 1];
  const std::size_t remaining = batch.remaining_row.size();
  const std::size_t count = batch.stored + remaining;
  if (count == 0) return;
  const std::size_t dual_size = dual.basis.size();
  Real* g = workspace.fresh.reserve(count * samples_);
  const bool match = fresh.beyond_table(batch.stored);
  fresh.draw(algebra.space(), batch.stored, g);
  if (match) match_moments(own, dual, g, batch.stored, algebra, workspace);

  if (remaining > 0) {
    random_matrix().apply(transposed, batch.residual.data(), remaining, g + batch.stored * samples_);
  }

  workspace.basis.clear();
  dual.basis.list(0, dual_size, workspace.basis);
  workspace.images.clear();
  dual.images.list(0, dual_size, workspace.images);
  workspace.overlap.resize(count * dual_size);
  workspace.dual.resize(count * dual_size);
  workspace.norms.resize(count);
  algebra.inner({g, count, samples_}, workspace.basis, workspace.overlap.data(), dual_size);
  algebra.squared_norms({g, count, samples_}, workspace.norms.data());
  workspace.known.clear();
  own.basis.list(batch.known, own.basis.size(), workspace.known);
  workspace.known.push_back({batch.residual.data(), remaining, samples_});
  double* dual_row = workspace.dual.data();
  for (const Rows<Real>& directions : workspace.known) {
    algebra.inner(directions, workspace.images, dual_row, dual_size);
    dual_row += directions.count * dual_size;
  }
  scale_fresh_part(g, count, dual_size, workspace);
  algebra.combine(1.0, workspace.dual.data(), dual_size, workspace.basis, g, count, samples_, true);
  for (std::size_t i = 0; i < batch.stored; ++i) {
    std::copy(g + i * samples_, g + (i + 1) * samples_, own.images.append());
  }
}

/// g_i *= sigma / |g_i|, and the coefficient of q_k becomes E[(W^T q_k) p_i] - (sigma / |g_i|) E[q_k g_i].
/// The first sum takes about D / M of the variance, D the number of q_k; the second one gives it back, because at M
/// sample points E[(W^T q_k) p_i] is of size sigma / sqrt(M) also where the limit is 0. So the errors of M points are
/// those of a network of width M, O(1 / M) whatever D is. Normalising the bracket instead would make every product too
/// large by D / M.
template <class Real>
void ConditionedMatrix<Real>::scale_fresh_part(Real* g, std::size_t count, std::size_t dual_size,
                                               ConditioningWorkspace<Real>& workspace) const {
  const std::size_t stored = workspace.batch.stored;
  for (std::size_t i = 0; i < count; ++i) {
    const double* overlap = workspace.overlap.data() + i * dual_size;
    double squared = workspace.norms[i];
    for (std::size_t k = 0; k < dual_size; ++k) squared -= overlap[k] * overlap[k];
    if (!(squared > 1e-3 * workspace.norms[i])) {
      fail(TP_CAPACITY,
           "a matrix met as many directions as there are sample points; raise the samples or the tolerance");
    }
    const double scale = i < stored ? sigma_ / std::sqrt(workspace.norms[i]) : sigma_;
    for (std::size_t k = 0; k < dual_size; ++k) workspace.dual[i * dual_size + k] -= scale * overlap[k];
    for (std::size_t s = 0; s < samples_; ++s) g[i * samples_ + s] *= static_cast<Real>(scale);
  }
}

template <class Real>
const RandomMatrix<Real>& ConditionedMatrix<Real>::random_matrix() {
  if (!random_matrix_) random_matrix_.emplace(samples_, points_.seed, points_.replica, number_);
  return *random_matrix_;
}

/// Moment matching of plain random columns (math.md 6a): centred, and orthogonal at the sample points to the directions
/// and images stored here and to each other. These are not orthogonal among themselves (images only up to sampling
/// errors, with norm about sigma): the eigenvalues of their Gram matrix reach sigma^2 (1 + sqrt(rank / M))^2 (Marchenko
/// and Pastur), and only steps divided by that make what is left shrink with every sweep, whatever the rank.
template <class Real>
void ConditionedMatrix<Real>::match_moments(const Family& own, const Family& dual, Real* fresh, std::size_t count,
                                            SampleAlgebra<Real>& algebra, ConditioningWorkspace<Real>& workspace) {
  RowList<Real>& known = workspace.known;
  const auto remove = [&](const RowStore<Real>& store, double scale) {
    known.clear();
    store.list(0, store.size(), known);
    remove_components(fresh, count, known, scale, algebra, workspace.overlap);
  };
  const auto remove_images = [&](const RowStore<Real>& images) {
    const double ratio = static_cast<double>(images.size()) / static_cast<double>(samples_);
    remove(images, 1.0 / std::pow(sigma_ * (1.0 + std::sqrt(ratio)), 2));
  };
  for (int sweep = 0; sweep < 2; ++sweep) {
    remove_images(own.images);
    remove_images(dual.images);
    remove(own.basis, 1.0);
    for (std::size_t i = 0; i < count; ++i) {
      Real* row = fresh + i * samples_;
      known.assign(1, {fresh, i, samples_});
      remove_components(row, 1, known, 1.0, algebra, workspace.overlap);
      double sum = 0.0;
      for (std::size_t s = 0; s < samples_; ++s) sum += row[s];
      const Real mean = static_cast<Real>(sum / static_cast<double>(samples_));
      for (std::size_t s = 0; s < samples_; ++s) row[s] -= mean;
    }
  }
}

template class ConditionedMatrix<double>;
template class ConditionedMatrix<float>;

}  // namespace tpc::runtime
