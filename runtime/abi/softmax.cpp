#include "runtime/abi/softmax.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

/// log sum_j exp x_j, with the largest subtracted first.
double log_sum_exp(const double* values, std::size_t columns) {
  const double largest = *std::max_element(values, values + columns);
  double sum = 0.0;
  for (std::size_t j = 0; j < columns; ++j) sum += std::exp(values[j] - largest);
  return largest + std::log(sum);
}

}  // namespace

void softmax(const double* values, std::size_t rows, std::size_t columns, double* out) {
  for (std::size_t i = 0; i < rows && columns > 0; ++i, values += columns, out += columns) {
    const double normalizer = log_sum_exp(values, columns);
    for (std::size_t j = 0; j < columns; ++j) out[j] = std::exp(values[j] - normalizer);
  }
}

void log_sum_exps(const double* values, std::size_t rows, std::size_t columns, double* out) {
  for (std::size_t i = 0; i < rows && columns > 0; ++i, values += columns) out[i] = log_sum_exp(values, columns);
}

void one_hot(const double* labels, std::size_t examples, std::size_t classes, double* out) {
  for (std::size_t i = 0; i < examples; ++i) {
    const double label = labels[i];
    if (!(label >= 0.0 && label < static_cast<double>(classes) && label == std::floor(label))) {
      std::string text = std::to_string(label);
      if (label == std::floor(label)) text = text.substr(0, text.find('.'));
      fail(TP_INVALID_ARGUMENT, "example " + std::to_string(i + 1) + ": the label " + text + " is not a class 0.." +
                                    std::to_string(classes - 1));
    }
    std::fill(out + i * classes, out + (i + 1) * classes, 0.0);
    out[i * classes + static_cast<std::size_t>(label)] = 1.0;
  }
}

}  // namespace tpc::runtime
