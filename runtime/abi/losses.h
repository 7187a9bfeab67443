/// \file Losses per example and their gradients, softmax, class labels; f, y: row-major [examples, outputs].
#pragma once

#include <cstddef>
#include <cstdint>

namespace tpc::runtime {

/// kind 0: 1/2 sum_o (f_o - y_o)^2; kind 1: -sum_o y_o log softmax(f)_o, with the largest f subtracted first.
/// Throws TP_INVALID_ARGUMENT for another kind.
void losses(std::int32_t kind, const double* f, const double* y, std::size_t examples, std::size_t outputs,
            double* loss);
/// kind 0: f - y; kind 1: softmax(f) sum_o y_o - y.
void loss_gradients(std::int32_t kind, const double* f, const double* y, std::size_t examples, std::size_t outputs,
                    double* gradient);
/// Of every row of values [rows, columns], with the largest subtracted first.
void softmax(const double* values, std::size_t rows, std::size_t columns, double* out);
/// Throws TP_INVALID_ARGUMENT if a label is not a whole number in [0, classes).
void one_hot(const double* labels, std::size_t examples, std::size_t classes, double* out);

}  // namespace tpc::runtime
