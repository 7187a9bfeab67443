#include "runtime/abi/losses.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

enum class Kind { mse, cross_entropy };

Kind kind_of(std::int32_t kind) {
  require(kind == 0 || kind == 1, "a compiled function asks for an unknown loss");
  return kind == 0 ? Kind::mse : Kind::cross_entropy;
}

/// log sum_o exp f_o.
double log_sum_exp(const double* f, std::size_t outputs) {
  const double largest = *std::max_element(f, f + outputs);
  double sum = 0.0;
  for (std::size_t o = 0; o < outputs; ++o) sum += std::exp(f[o] - largest);
  return largest + std::log(sum);
}

}  // namespace

void losses(std::int32_t kind, const double* f, const double* y, std::size_t examples, std::size_t outputs,
            double* loss) {
  const Kind which = kind_of(kind);
  for (std::size_t i = 0; i < examples; ++i, f += outputs, y += outputs) {
    loss[i] = 0.0;
    const double normalizer = which == Kind::cross_entropy && outputs > 0 ? log_sum_exp(f, outputs) : 0.0;
    for (std::size_t o = 0; o < outputs; ++o) {
      loss[i] += which == Kind::mse ? 0.5 * (f[o] - y[o]) * (f[o] - y[o]) : y[o] * (normalizer - f[o]);
    }
  }
}

void loss_gradients(std::int32_t kind, const double* f, const double* y, std::size_t examples, std::size_t outputs,
                    double* gradient) {
  const Kind which = kind_of(kind);
  for (std::size_t i = 0; i < examples; ++i, f += outputs, y += outputs, gradient += outputs) {
    if (which == Kind::mse) {
      for (std::size_t o = 0; o < outputs; ++o) gradient[o] = f[o] - y[o];
      continue;
    }
    const double normalizer = outputs > 0 ? log_sum_exp(f, outputs) : 0.0;
    double total = 0.0;
    for (std::size_t o = 0; o < outputs; ++o) total += y[o];
    for (std::size_t o = 0; o < outputs; ++o) gradient[o] = std::exp(f[o] - normalizer) * total - y[o];
  }
}

void softmax(const double* values, std::size_t rows, std::size_t columns, double* out) {
  for (std::size_t i = 0; i < rows && columns > 0; ++i, values += columns, out += columns) {
    const double normalizer = log_sum_exp(values, columns);
    for (std::size_t j = 0; j < columns; ++j) out[j] = std::exp(values[j] - normalizer);
  }
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
