#include "evaluation/interpreter/products.h"

#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>

#include <algorithm>

#include "ir/core/typing.h"
#include "runtime/algebra/gemm.h"

namespace tpc::evaluation::interpreter {
namespace {

using Dims = std::vector<DimId>;

Dims joined(const Dims& a, const Dims& b, const Dims& c) {
  Dims result = a;
  result.insert(result.end(), b.begin(), b.end());
  result.insert(result.end(), c.begin(), c.end());
  return result;
}

Dims common_dims(const Dims& a, const Dims& b) { return without_dims(a, without_dims(a, b)); }

/// The dimensions of a product of two arrays by what happens to them.
struct Roles {
  Roles(const Dims& left_dims, const Dims& right_dims, const Dims& over)
      : batch(without_dims(common_dims(left_dims, right_dims), over)),
        left(without_dims(left_dims, right_dims)),
        right(without_dims(right_dims, left_dims)),
        inner(common_dims(left_dims, right_dims)) {
    inner = without_dims(inner, batch);
  }
  Dims batch;  ///< on both sides, kept
  Dims left;   ///< on the left only
  Dims right;  ///< on the right only
  Dims inner;  ///< on both sides, summed
};

/// Sums what is summed on this side alone; the array itself if that is nothing.
const Array& presummed(const Array& array, const Dims& over, const Dims& other_side, const Sizes& sizes,
                       Array& storage) {
  const Dims own = without_dims(common_dims(array.dims, over), other_side);
  if (own.empty()) return array;
  storage = sum_over(array, own, sizes);
  return storage;
}

/// Both operands arranged for one matrix product per batch index.
struct Arranged {
  Arranged(const Array& left, const Array& right, const Dims& left_order, const Dims& right_order, const Sizes& sizes)
      : left_values(arranged(left, left_order, sizes, left_storage)),
        right_values(arranged(right, right_order, sizes, right_storage)) {}
  Eigen::MatrixXd left_storage, right_storage;
  const Eigen::MatrixXd& left_values;
  const Eigen::MatrixXd& right_values;
};

/// The left operand may be a vector, the right one is scalar. With the left's columns ordered [batch, inner, left] the
/// rows of the product are (coordinate, left index) pairs: one product per batch index whatever the shapes.
Array contract_pair(const Array& left, const Array& right, const Dims& over, const Sizes& sizes) {
  const Roles roles(left.dims, right.dims, over);
  const Arranged operands(left, right, joined(roles.batch, roles.inner, roles.left),
                          joined(roles.batch, roles.right, roles.inner), sizes);
  const Index rows = left.values.rows() * sizes.product(roles.left);
  const Index columns = sizes.product(roles.right);
  const Index inner = sizes.product(roles.inner);
  Array result{joined(roles.batch, roles.right, roles.left), {}};
  result.values.resize(left.values.rows(), sizes.product(result.dims));
  for (Index b = 0; b < sizes.product(roles.batch); ++b) {
    multiply(rows, columns, inner, 1.0, {operands.left_values.data() + b * rows * inner, rows, false},
             {operands.right_values.data() + b * inner * columns, inner, false}, 0.0,
             result.values.data() + b * rows * columns);
  }
  return result;
}

/// Rows of the result that one task computes: fixed, so that results do not depend on the number of threads.
constexpr Index block_rows = 512;
/// Multiplications from which on tasks pay.
constexpr Index parallel_work = Index{1} << 20;

/// The product for a block of rows; `distance_between_columns` is that of the whole target. Stored by columns, the
/// product is the transposed one of the transposed operands stored by rows.
void multiply_rows(Index rows, Index columns, Index inner, double scale, Operand2D a, Operand2D b, double keep,
                   double* target, Index distance_between_columns) {
  using runtime::Layout;
  const auto layout = [](const Operand2D& operand) { return operand.transposed ? Layout::transposed : Layout::plain; };
  const auto size = [](Index index) { return static_cast<size_t>(index); };
  const auto distance = [](Index index) { return static_cast<size_t>(std::max<Index>(index, 1)); };
  runtime::gemm(layout(b), layout(a), size(columns), size(rows), size(inner), scale, b.data, distance(b.leading),
                a.data, distance(a.leading), keep, target, distance(distance_between_columns));
}

}  // namespace

void multiply(Index rows, Index columns, Index inner, double scale, Operand2D a, Operand2D b, double keep,
              double* target) {
  auto block = [&](Index begin, Index end) {
    const Operand2D part{a.data + begin * (a.transposed ? a.leading : 1), a.leading, a.transposed};
    multiply_rows(end - begin, columns, inner, scale, part, b, keep, target + begin, rows);
  };
  if (rows * columns * inner < parallel_work) return block(0, rows);
  tbb::parallel_for(
      Index{0}, (rows + block_rows - 1) / block_rows, Index{1},
      [&](Index i) { block(i * block_rows, std::min(rows, (i + 1) * block_rows)); }, tbb::simple_partitioner());
}

Array contract(const Array& lhs, const Array* rhs, const Dims& over, const Sizes& sizes) {
  if (rhs == nullptr) return sum_over(lhs, over, sizes);
  const Dims dims = without_dims(union_dims(lhs.dims, rhs->dims), over);
  Array left_storage, right_storage;
  const Array& left = presummed(lhs, over, rhs->dims, sizes, left_storage);
  const Array& right = presummed(*rhs, over, lhs.dims, sizes, right_storage);
  const bool swapped = right.values.rows() > left.values.rows();
  return rearranged(swapped ? contract_pair(right, left, over, sizes) : contract_pair(left, right, over, sizes), dims,
                    sizes);
}

Array moment(const Array& lhs, const Array* rhs, const Dims& over, const Sizes& sizes) {
  if (rhs == nullptr) {
    Array summed = sum_over(lhs, over, sizes);
    return {summed.dims, summed.values.colwise().sum()};
  }
  Array left_storage, right_storage;
  const Array& left = presummed(lhs, over, rhs->dims, sizes, left_storage);
  const Array& right = presummed(*rhs, over, lhs.dims, sizes, right_storage);
  const Roles roles(left.dims, right.dims, over);
  const Arranged operands(left, right, joined(roles.batch, roles.left, roles.inner),
                          joined(roles.batch, roles.right, roles.inner), sizes);
  const Index inner = left.values.rows() * sizes.product(roles.inner);  // coordinates and summed indices alike
  const Index rows = sizes.product(roles.left);
  const Index columns = sizes.product(roles.right);
  Array result{joined(roles.batch, roles.right, roles.left), {}};
  result.values.resize(1, sizes.product(result.dims));
  for (Index b = 0; b < sizes.product(roles.batch); ++b) {
    multiply(rows, columns, inner, 1.0, {operands.left_values.data() + b * inner * rows, inner, true},
             {operands.right_values.data() + b * inner * columns, inner, false}, 0.0,
             result.values.data() + b * rows * columns);
  }
  return rearranged(std::move(result), without_dims(union_dims(lhs.dims, rhs->dims), over), sizes);
}

}  // namespace tpc::evaluation::interpreter
