/// \file The kernel of a relu network at infinite width, by hand as Limit IR of numbers: what tests and benchmarks
/// compare with closed forms written otherwise.
#pragma once

#include "ir/limit/ir.h"

namespace tpc::test {

/// A module with one function `kernel` of the fields x : [B,inputs] and x' : [B',inputs] and the results kernel and
/// nngp : [B,B'], for `layers` hidden layers of relu with weights of variance `weight_variance` / fan-in, all trained,
/// and a readout of variance 1 / n. With S the covariances of preactivations, p and q the variances of both sides and
/// c = S / sqrt(p q) (Cho and Saul 2009; Jacot et al. 2018):
///   nngp = E[relu relu'] = sqrt(p q) / (2 pi) (sqrt(1 - c^2) + c (pi / 2 + asin c)),
///   kernel_l = nngp_l + kernel_{l-1} weight_variance (1 / 4 + asin(c) / (2 pi)).
ir::limit::Module relu_kernel(int64_t inputs, int layers, double weight_variance);

}  // namespace tpc::test
