#include "runtime/matrix/orthogonalize.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

constexpr std::size_t panel = 8;  // residuals that are compared with the batch's earlier new directions in one product

template <class Real>
class BatchOrthogonalizer {
 public:
  BatchOrthogonalizer(SampleAlgebra<Real>& algebra, const Rows<Real>& x, const NewDirections& store, double drop,
                      double& typical_norm, RowStore<Real>& basis, BatchDecomposition<Real>& out)
      : algebra_(algebra),
        samples_(algebra.space().count),
        x_(x),
        rows_(x.count),
        store_(store),
        drop_(drop),
        typical_norm_(typical_norm),
        basis_(basis),
        out_(out) {}

  void run() {
    start();
    for (std::size_t first = 0; first < rows_; first += panel) process_panel(first, std::min(rows_, first + panel));
    out_.stored = basis_.size() - out_.known;
    reorthogonalize_new_directions();
  }

 private:
  Real* residual(std::size_t row) { return out_.residual.data() + row * samples_; }
  double* coefficients(std::size_t row) { return out_.coefficients.data() + row * out_.stride; }

  /// Norms, and the residuals of the batch against the known directions.
  void start() {
    out_.known = basis_.size();
    out_.stride = out_.known + 2 * rows_;
    out_.coefficients.assign(rows_ * out_.stride, 0.0);
    out_.remaining_row.clear();
    out_.remaining_norm.clear();
    out_.residual.reserve(rows_ * samples_);
    out_.norms.resize(rows_);
    out_.residual_norms.resize(rows_);
    algebra_.squared_norms(x_, out_.norms.data());
    const double mean_square = std::accumulate(out_.norms.begin(), out_.norms.end(), 0.0) / static_cast<double>(rows_);
    typical_norm_ = std::max(typical_norm_, std::sqrt(mean_square));
    for (double& norm : out_.norms) {
      norm = std::sqrt(norm);
      if (!std::isfinite(norm)) fail(TP_NOT_FINITE, "a vector multiplied by a matrix became infinite or undefined");
    }
    for_blocks(algebra_.space(), algebra_.space().algebra_block(),
               [&](std::size_t, std::size_t begin, std::size_t end) {
                 for (std::size_t b = 0; b < rows_; ++b) {
                   std::copy(x_.data + b * x_.stride + begin, x_.data + b * x_.stride + end, residual(b) + begin);
                 }
               });
    subtract_projection(0, rows_, 0, out_.known);
    algebra_.squared_norms({residual(0), rows_, samples_}, out_.residual_norms.data());
    for (double& norm : out_.residual_norms) norm = std::sqrt(norm);
  }

  /// Removes the components of residuals first..last-1 along directions begin..end-1 and adds them to the coefficients.
  void subtract_projection(std::size_t first, std::size_t last, std::size_t begin, std::size_t end) {
    if (begin == end || first == last) return;
    const std::size_t count = end - begin;
    out_.rows.clear();
    basis_.list(begin, end, out_.rows);
    out_.correction.resize((last - first) * count);
    algebra_.inner({residual(first), last - first, samples_}, out_.rows, out_.correction.data(), count);
    algebra_.combine(-1.0, out_.correction.data(), count, out_.rows, residual(first), last - first, samples_, true);
    for (std::size_t b = first; b < last; ++b) {
      for (std::size_t j = 0; j < count; ++j) coefficients(b)[begin + j] += out_.correction[(b - first) * count + j];
    }
  }

  void process_panel(std::size_t first, std::size_t last) {
    const std::size_t panel_start = basis_.size();
    subtract_projection(first, last, out_.known, panel_start);
    for (std::size_t b = first; b < last; ++b) {
      subtract_projection(b, b + 1, panel_start, basis_.size());
      const double norm = settled_norm(b);
      if (basis_.size() < store_.most && norm > store_.least * std::max(out_.norms[b], typical_norm_)) {
        coefficients(b)[basis_.size()] = norm;
        write_normalized(b, norm, basis_.append());
      } else if (norm > drop_ * out_.norms[b]) {
        // The rows before b are no longer needed: remaining directions gather at the front.
        write_normalized(b, norm, residual(out_.remaining_row.size()));
        out_.remaining_row.push_back(b);
        out_.remaining_norm.push_back(norm);
      }
    }
  }

  /// The residual's norm; while the batch's own directions took most of it away, they are projected out again.
  double settled_norm(std::size_t b) {
    double before = out_.residual_norms[b];
    double norm = residual_norm(b);
    for (int repeat = 0; repeat < 3 && norm < 0.5 * before && norm > drop_ * out_.norms[b]; ++repeat) {
      subtract_projection(b, b + 1, out_.known, basis_.size());
      before = norm;
      norm = residual_norm(b);
    }
    return norm;
  }

  double residual_norm(std::size_t b) {
    double squared = 0.0;
    algebra_.squared_norms({residual(b), 1, samples_}, &squared);
    return std::sqrt(squared);
  }

  void write_normalized(std::size_t b, double norm, Real* to) {
    const Real scale = static_cast<Real>(1.0 / norm);
    const Real* from = residual(b);
    for (std::size_t s = 0; s < samples_; ++s) to[s] = scale * from[s];
  }

  /// The second round against the known directions: p_old = D P + t p_new, so a coefficient c of p_old becomes c t, and
  /// c D is added to those of P.
  void reorthogonalize_new_directions() {
    if (out_.known == 0 || out_.stored == 0) return;
    out_.rows.clear();
    basis_.list(0, out_.known, out_.rows);
    RowList<Real> fresh;
    basis_.list(out_.known, basis_.size(), fresh);
    std::size_t column = out_.known;
    for (const Rows<Real>& rows : fresh) {
      out_.correction.resize(rows.count * out_.known);
      Real* data = basis_.row(column);
      algebra_.inner(rows, out_.rows, out_.correction.data(), out_.known);
      algebra_.combine(-1.0, out_.correction.data(), out_.known, out_.rows, data, rows.count, rows.stride, true);
      std::vector<double>& squared = out_.residual_norms;
      squared.resize(rows.count);
      algebra_.squared_norms(rows, squared.data());
      for (std::size_t i = 0; i < rows.count; ++i) {
        const double norm = std::sqrt(squared[i]);
        Real* row = data + i * rows.stride;
        for (std::size_t s = 0; s < samples_; ++s) row[s] = static_cast<Real>(row[s] / norm);
        change_coefficients(column + i, out_.correction.data() + i * out_.known, norm);
      }
      column += rows.count;
    }
  }

  void change_coefficients(std::size_t column, const double* correction, double norm) {
    for (std::size_t b = 0; b < rows_; ++b) {
      const double c = coefficients(b)[column];
      if (c == 0.0) continue;
      for (std::size_t j = 0; j < out_.known; ++j) coefficients(b)[j] += c * correction[j];
      coefficients(b)[column] = c * norm;
    }
  }

  SampleAlgebra<Real>& algebra_;
  std::size_t samples_;
  Rows<Real> x_;
  std::size_t rows_;
  const NewDirections& store_;
  double drop_;
  double& typical_norm_;
  RowStore<Real>& basis_;
  BatchDecomposition<Real>& out_;
};

}  // namespace

template <class Real>
void orthogonalize(SampleAlgebra<Real>& algebra, const Rows<Real>& x, const NewDirections& store, double drop,
                   double& typical_norm, RowStore<Real>& basis, BatchDecomposition<Real>& out) {
  BatchOrthogonalizer<Real>(algebra, x, store, drop, typical_norm, basis, out).run();
}

template void orthogonalize(SampleAlgebra<double>&, const Rows<double>&, const NewDirections&, double, double&,
                            RowStore<double>&, BatchDecomposition<double>&);
template void orthogonalize(SampleAlgebra<float>&, const Rows<float>&, const NewDirections&, double, double&,
                            RowStore<float>&, BatchDecomposition<float>&);

}  // namespace tpc::runtime
