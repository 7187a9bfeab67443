#include "runtime/algebra/sample_algebra.h"

#include "runtime/algebra/gemm.h"

namespace tpc::runtime {

template <class Real>
void SampleAlgebra<Real>::inner(const Rows<Real>& lhs, const RowList<Real>& rhs, double* out, std::size_t out_stride) {
  const std::size_t columns = row_count(rhs);
  const std::size_t size = lhs.count * columns;
  if (size == 0) return;
  const std::size_t length = space_.algebra_block();
  const std::size_t blocks = space_.block_count(length);
  Real* partials = partials_.reserve(size * blocks);
  const bool weighted = !space_.weights.empty();
  Real* weighted_lhs = weighted ? weighted_.reserve(lhs.count * space_.count) : nullptr;
  for_blocks(space_, length, [&](std::size_t block, std::size_t begin, std::size_t end) {
    const Real* left = lhs.data + begin;
    std::size_t left_stride = lhs.stride;
    if (weighted) {
      left_stride = end - begin;
      Real* scaled = weighted_lhs + lhs.count * begin;
      for (std::size_t i = 0; i < lhs.count; ++i) {
        for (std::size_t s = begin; s < end; ++s) {
          scaled[i * left_stride + s - begin] = static_cast<Real>(space_.weights[s]) * lhs.data[i * lhs.stride + s];
        }
      }
      left = scaled;
    }
    Real* partial = partials + block * size;
    for (const Rows<Real>& right : rhs) {
      gemm(Layout::plain, Layout::transposed, lhs.count, right.count, end - begin, Real{1}, left, left_stride,
           right.data + begin, right.stride, Real{0}, partial, columns);
      partial += right.count;
    }
  });
  const double scale = weighted ? 1.0 : space_.uniform_weight;
  for (std::size_t i = 0; i < lhs.count; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      double sum = 0.0;
      for (std::size_t block = 0; block < blocks; ++block) sum += partials[block * size + i * columns + j];
      out[i * out_stride + j] = scale * sum;
    }
  }
}

template <class Real>
void SampleAlgebra<Real>::squared_norms(const Rows<Real>& rows, double* out) {
  const std::size_t length = space_.algebra_block();
  const std::size_t blocks = space_.block_count(length);
  double* sums = sums_.reserve(rows.count * blocks);
  for_blocks(space_, length, [&](std::size_t block, std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < rows.count; ++i) {
      const Real* row = rows.data + i * rows.stride;
      double lanes[8] = {};  // independent sums, which the compiler may keep in vector registers
      for (std::size_t s = begin; s < end; s += 8) {
        for (std::size_t lane = 0; lane < 8; ++lane) {
          const double value = row[s + lane];
          lanes[lane] += (space_.weights.empty() ? 1.0 : space_.weights[s + lane]) * value * value;
        }
      }
      sums[block * rows.count + i] =
          ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
  });
  const double scale = space_.weights.empty() ? space_.uniform_weight : 1.0;
  for (std::size_t i = 0; i < rows.count; ++i) {
    double sum = 0.0;
    for (std::size_t block = 0; block < blocks; ++block) sum += sums[block * rows.count + i];
    out[i] = scale * sum;
  }
}

template <class Real>
void SampleAlgebra<Real>::combine(double scale, const StridedMatrix& coefficients, const RowList<Real>& in, Real* out,
                                  std::size_t out_stride, bool add) {
  const auto [data, out_rows, columns, row_stride, column_stride] = coefficients;
  if (out_rows == 0) return;
  if (nonzeros_.assign(scale, coefficients)) {
    list_rows(in, in_rows_);
    for_blocks(space_, 64, [&](std::size_t, std::size_t begin, std::size_t end) {
      nonzeros_.combine(in_rows_, begin, end, out, out_stride, add);
    });
    return;
  }
  Real* packed = coefficients_.reserve(out_rows * columns);
  for (std::size_t i = 0; i < out_rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      packed[i * columns + j] = static_cast<Real>(scale * data[i * row_stride + j * column_stride]);
    }
  }
  for_blocks(space_, space_.algebra_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    const Real* left = packed;
    Real beta = add ? Real{1} : Real{0};
    for (const Rows<Real>& rows : in) {
      gemm(Layout::plain, Layout::plain, coefficients.rows, end - begin, rows.count, Real{1}, left,
           coefficients.columns, rows.data + begin, rows.stride, beta, out + begin, out_stride);
      left += rows.count;
      beta = Real{1};
    }
  });
}

template class SampleAlgebra<double>;
template class SampleAlgebra<float>;

}  // namespace tpc::runtime
