/// \file Functions of every row of row-major numbers [rows, columns], and class labels.
#pragma once

#include <cstddef>

namespace tpc::runtime {

/// exp(x_j) / sum_j' exp(x_j') of every row, with the largest subtracted first.
void softmax(const double* values, std::size_t rows, std::size_t columns, double* out);
/// log sum_j exp(x_j) of every row, to out[rows]; with the largest subtracted first.
void log_sum_exps(const double* values, std::size_t rows, std::size_t columns, double* out);
/// Throws TP_INVALID_ARGUMENT if a label is not a whole number in [0, classes).
void one_hot(const double* labels, std::size_t examples, std::size_t classes, double* out);

}  // namespace tpc::runtime
