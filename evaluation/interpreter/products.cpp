#include "evaluation/interpreter/products.h"

#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>

#include <algorithm>

#include "evaluation/interpreter/linear_combinations.h"
#include "evaluation/interpreter/parallel.h"
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

/// Rows of the result that one task computes: fixed, so that results do not depend on the number of threads.
constexpr Index block_rows = 512;
/// Multiplications from which on tasks pay.
constexpr Index parallel_products = Index{1} << 20;

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
  if (rows * columns * inner < parallel_products) return block(0, rows);
  tbb::parallel_for(
      Index{0}, (rows + block_rows - 1) / block_rows, Index{1},
      [&](Index i) { block(i * block_rows, std::min(rows, (i + 1) * block_rows)); }, tbb::simple_partitioner());
}

Roles::Roles(const Dims& left_dims, const Dims& right_dims, const Dims& over)
    : batch(without_dims(common_dims(left_dims, right_dims), over)),
      left(without_dims(left_dims, right_dims)),
      right(without_dims(right_dims, left_dims)),
      inner(without_dims(common_dims(left_dims, right_dims), batch)) {}

Presummed::Presummed(const Shape& shape, const Dims& over, const Dims& other_side, const Sizes& sizes) : shape_(shape) {
  const Dims own = without_dims(common_dims(shape.dims, over), other_side);
  if (own.empty()) return;
  sum_.emplace(shape, own, sizes);
  shape_ = sum_->result();
  numbers_ = shape_.numbers(sizes);
}

const double* Presummed::run(const double* from, Buffer& storage) const {
  if (!sum_) return from;
  double* summed = storage.of_size(numbers_);
  sum_->run(from, summed);
  return summed;
}

// With the left's columns ordered [batch, inner, left] the rows of the product are (coordinate, left index) pairs: one
// product per batch index whatever the shapes.
Contraction::Contraction(const Shape& left, const Shape& right, const Dims& over, const Dims& result,
                         const Sizes& sizes)
    : left_(left, over, right.dims, sizes),
      right_(right, over, left.dims, sizes),
      roles_(left_.shape().dims, right_.shape().dims, over),
      right_inner_first_(Arrangement(right_.shape(), joined(roles_.batch, roles_.inner, roles_.right), sizes).none()),
      arrange_left_(left_.shape(), joined(roles_.batch, roles_.inner, roles_.left), sizes),
      arrange_right_(right_.shape(),
                     right_inner_first_ ? joined(roles_.batch, roles_.inner, roles_.right)
                                        : joined(roles_.batch, roles_.right, roles_.inner),
                     sizes),
      arrange_result_({joined(roles_.batch, roles_.right, roles_.left), left.rows}, result, sizes),
      batches_(sizes.product(roles_.batch)),
      rows_(left.rows * sizes.product(roles_.left)),
      columns_(sizes.product(roles_.right)),
      inner_(sizes.product(roles_.inner)) {}

void Contraction::run(const double* left, const double* right, double* result, ProductScratch& scratch) const {
  const double* a = arrange_left_.arranged(left_.run(left, scratch.left_sum), scratch.left);
  const double* b = arrange_right_.arranged(right_.run(right, scratch.right_sum), scratch.right);
  double* products = arrange_result_.none() ? result : scratch.result.of_size(batches_ * rows_ * columns_);
  if (!combine_columns(a, b, products)) multiply_batches(a, b, products);
  if (!arrange_result_.none()) arrange_result_.copy(products, result);
}

bool Contraction::combine_columns(const double* left, const double* right, double* result) const {
  if (rows_ < fewest_combined_rows) return false;
  const CoefficientMatrix coefficients{right, columns_, inner_, right_inner_first_ ? 1 : inner_,
                                       right_inner_first_ ? columns_ : 1};
  if (batches_ == 1) return combine_if_sparse(coefficients, left, rows_, result);
  if (columns_ * inner_ > most_coefficients_of_batches) return false;
  for_each_index(batches_, batches_ * rows_ * columns_ * inner_, [&](Index b) {
    CoefficientMatrix own = coefficients;
    own.data += b * columns_ * inner_;
    combine(own, left + b * inner_ * rows_, rows_, result + b * columns_ * rows_);
  });
  return true;
}

void Contraction::multiply_batches(const double* left, const double* right, double* result) const {
  const Operand2D second{right, right_inner_first_ ? columns_ : inner_, right_inner_first_};
  const auto one = [&](Index b) {
    multiply(rows_, columns_, inner_, 1.0, {left + b * rows_ * inner_, rows_, false},
             {second.data + b * inner_ * columns_, second.leading, second.transposed}, 0.0,
             result + b * rows_ * columns_);
  };
  for_each_index(batches_, batches_ * rows_ * columns_ * inner_, one);
}

InnerProducts::InnerProducts(const Shape& left, const Shape& right, const Dims& over, const Dims& result,
                             const Sizes& sizes, double factor)
    : left_(left, over, right.dims, sizes),
      right_(right, over, left.dims, sizes),
      roles_(left_.shape().dims, right_.shape().dims, over),
      arrange_left_(left_.shape(), joined(roles_.batch, roles_.left, roles_.inner), sizes),
      arrange_right_(right_.shape(), joined(roles_.batch, roles_.right, roles_.inner), sizes),
      arrange_result_({joined(roles_.batch, roles_.right, roles_.left), 1}, result, sizes),
      batches_(sizes.product(roles_.batch)),
      rows_(sizes.product(roles_.left)),
      columns_(sizes.product(roles_.right)),
      inner_(left.rows * sizes.product(roles_.inner)),  // coordinates and summed indices alike
      factor_(factor) {}

void InnerProducts::run(const double* left, const double* right, double* result, ProductScratch& scratch) const {
  const double* a = arrange_left_.arranged(left_.run(left, scratch.left_sum), scratch.left);
  const double* b = arrange_right_.arranged(right_.run(right, scratch.right_sum), scratch.right);
  double* products = arrange_result_.none() ? result : scratch.result.of_size(batches_ * rows_ * columns_);
  for_each_index(batches_, batches_ * inner_ * std::max(rows_, columns_), [&](Index batch) {
    multiply(rows_, columns_, inner_, factor_, {a + batch * inner_ * rows_, inner_, true},
             {b + batch * inner_ * columns_, inner_, false}, 0.0, products + batch * rows_ * columns_);
  });
  if (!arrange_result_.none()) arrange_result_.copy(products, result);
}

}  // namespace tpc::evaluation::interpreter
