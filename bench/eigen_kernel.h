/// \file The kernel of a relu network written straightforwardly with Eigen: what one would write without a compiler.
/// Built twice, for the baseline processor and for this one: their linear algebra differs by a factor.
#pragma once

#include <cstddef>

/// x: [count, inputs], row-major. kernel: [count, count]. `layers` hidden layers of relu, weights of variance
/// weight_variance / fan-in (the formulas of tests/support/relu_kernel.h).
using EigenKernel = void(const double* x, std::size_t count, std::size_t inputs, int layers, double weight_variance,
                         double* kernel);
EigenKernel eigen_kernel_baseline, eigen_kernel_native;
