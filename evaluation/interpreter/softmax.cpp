#include "evaluation/interpreter/softmax.h"

#include <algorithm>
#include <cmath>

#include "base/diag/check.h"
#include "ir/core/typing.h"

namespace tpc::evaluation::interpreter {
namespace {

using Numbers1D = Eigen::Map<const Eigen::ArrayXd>;

std::vector<DimId> with_last(const std::vector<DimId>& dims, DimId last) {
  std::vector<DimId> order = without_dims(dims, {last});
  order.push_back(last);
  return order;
}

/// log sum_j exp x_j, without overflow.
double log_sum_exp_of(const Numbers1D& x) {
  const double largest = x.maxCoeff();
  return std::log((x - largest).exp().sum()) + largest;
}

}  // namespace

AlongDimension::AlongDimension(const Shape& argument, DimId over, const Sizes& sizes)
    : length_(sizes.of(over)),
      count_(sizes.product(without_dims(argument.dims, {over}))),
      to_last_(argument, with_last(argument.dims, over), sizes),
      back_({with_last(argument.dims, over), 1}, argument.dims, sizes) {}

void AlongDimension::softmax(const double* argument, double* result, Buffer& scratch) const {
  const Index numbers = count_ * length_;
  double* ordered = back_.none() ? result : scratch.of_size(numbers);
  if (to_last_.none()) {
    std::copy_n(argument, numbers, ordered);
  } else {
    to_last_.copy(argument, ordered);
  }
  for (Index p = 0; p < count_; ++p) {
    Eigen::Map<Eigen::ArrayXd> x(ordered + p * length_, length_);
    x = (x - log_sum_exp_of(Numbers1D(x.data(), length_))).exp();
  }
  if (!back_.none()) back_.copy(ordered, result);
}

void AlongDimension::log_sum_exp(const double* argument, double* result, Buffer& scratch) const {
  const double* ordered = to_last_.arranged(argument, scratch);
  for (Index p = 0; p < count_; ++p) result[p] = log_sum_exp_of(Numbers1D(ordered + p * length_, length_));
}

void one_hot(const double* indices, Index count, Index size, double* result) {
  std::fill_n(result, count * size, 0.0);
  for (Index p = 0; p < count; ++p) {
    const double value = indices[p];
    TPC_CHECK(value >= 0 && value < static_cast<double>(size) && value == std::floor(value),
              "a class index is outside its range");
    result[p * size + static_cast<Index>(value)] = 1.0;
  }
}

}  // namespace tpc::evaluation::interpreter
