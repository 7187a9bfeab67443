#include "evaluation/interpreter/linear_combinations.h"

#include <algorithm>
#include <vector>

#include "evaluation/interpreter/parallel.h"
#include "runtime/algebra/sparse_combine.h"

namespace tpc::evaluation::interpreter {
namespace {

using runtime::SparseCoefficients;

/// Numbers of a column that one task computes: fixed, so that results do not depend on the number of threads.
constexpr Index block_length = fewest_combined_rows;
size_t size(Index index) { return static_cast<size_t>(index); }

/// The coefficients by rows in memory, as the sums want them.
runtime::StridedMatrix strided(const CoefficientMatrix& c) {
  return {c.data, size(c.rows), size(c.columns), size(c.row_stride), size(c.column_stride)};
}

/// Where the columns begin, in a list that is used again.
const std::vector<const double*>& starts(const double* in, Index count, Index length) {
  thread_local std::vector<const double*> list;
  list.clear();
  for (Index j = 0; j < count; ++j) list.push_back(in + j * length);
  return list;
}

/// The last numbers of columns whose length is no multiple of what the sums take at a time.
void combine_rest(const CoefficientMatrix& c, const double* in, Index begin, Index length, double* result) {
  for (Index i = 0; i < c.rows; ++i) {
    double* out = result + i * length;
    for (Index k = begin; k < length; ++k) out[k] = 0.0;
    for (Index j = 0; j < c.columns; ++j) {
      const double coefficient = c.data[i * c.row_stride + j * c.column_stride];
      if (coefficient == 0.0) continue;
      for (Index k = begin; k < length; ++k) out[k] += coefficient * in[j * length + k];
    }
  }
}

Index whole_part(Index length) { return length / block_length * block_length; }

}  // namespace

void combine(const CoefficientMatrix& coefficients, const double* in, Index length, double* result) {
  thread_local SparseCoefficients<double> sums;
  sums.assign(1.0, strided(coefficients), 1.0);
  const Index whole = whole_part(length);
  sums.combine(starts(in, coefficients.columns, length), 0, size(whole), result, size(length), false);
  if (whole < length) combine_rest(coefficients, in, whole, length, result);
}

bool combine_if_sparse(const CoefficientMatrix& coefficients, const double* in, Index length, double* result) {
  thread_local SparseCoefficients<double> own;
  SparseCoefficients<double>& sums = own;  // this thread's, for the others too
  if (!sums.assign(1.0, strided(coefficients))) return false;
  const Index whole = whole_part(length);
  for_each_index(whole / block_length, length * (coefficients.rows + coefficients.columns), [&](Index block) {
    const Index begin = block * block_length;
    sums.combine(starts(in + begin, coefficients.columns, length), 0, size(block_length), result + begin, size(length),
                 false);
  });
  if (whole < length) combine_rest(coefficients, in, whole, length, result);
  return true;
}

}  // namespace tpc::evaluation::interpreter
