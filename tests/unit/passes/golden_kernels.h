/// \file Golden kernels for the tests of the kernel regime, with their networks: facts of
/// tests/numeric/golden/kernel_*.json to ten digits.
#pragma once

#include <utility>
#include <vector>

#include "tests/unit/passes/width_architectures.h"

namespace tpc::testing {

/// The golden files' points, train (the first three) then test: [5, 2].
inline const std::vector<double> golden_points = {1.0, 0.3, -0.4, 0.8, 0.2, -1.1, 0.5, 0.5, -1.0, -0.2};

struct GoldenKernel {
  tp::Module program;
  std::vector<double> kernel, nngp;  ///< [5, 5]
};

/// Two hidden layers, the second weight with this standard deviation, the others with 1.
inline tp::Module golden_network(const Parametrization& point, Primitive nonlinearity, double deviation) {
  tp::Module module = mlp(mlp_weights(point, 2), pointwise(nonlinearity));
  module.states[0].init.value = module.states[2].init.value = 1.0;
  module.states[1].init.value = deviation;
  return compiled(std::move(module));
}

/// kernel_ntp_relu_L2.json
inline GoldenKernel golden_relu_kernel() {
  return {golden_network(ntp(), Primitive::Relu, 1.4),
          {1.340699995,  0.2158787654, 0.2920147966, 0.6956712752, 0.158322981,  0.2158787654, 0.984,
           0.1355836495, 0.2780708686, 0.3741352439, 0.2920147966, 0.1355836495, 1.5375,       0.1138940867,
           0.3383374623, 0.6956712752, 0.2780708686, 0.1138940867, 0.6149999984, 0.0902024914, 0.158322981,
           0.3741352439, 0.3383374623, 0.0902024914, 1.279199995},
          {0.5341,       0.2040647783, 0.2641413866, 0.3268366412, 0.166087255,  0.2040647783, 0.392,
           0.1565616863, 0.1871791242, 0.2606800137, 0.2641413866, 0.1565616863, 0.6125,       0.140588246,
           0.2788196968, 0.3268366412, 0.1871791242, 0.140588246,  0.245,        0.1161781211, 0.166087255,
           0.2606800137, 0.2788196968, 0.1161781211, 0.5096}};
}

/// kernel_sp_c1_erf_L2.json: the first weight is not in the kernel.
inline GoldenKernel golden_erf_kernel() {
  return {golden_network(sp(1), Primitive::Erf, 1.3),
          {0.7219642393,  -0.09659858054, -0.06382296748, 0.5418994222,   -0.7131268836, -0.09659858054, 0.6737979728,
           -0.6602242824, 0.1706463341,   0.1490312232,   -0.06382296748, -0.6602242824, 0.7415338763,   -0.3245891725,
           0.01001331477, 0.5418994222,   0.1706463341,   -0.3245891725,  0.5907528791,  -0.5022245143,  -0.7131268836,
           0.1490312232,  0.01001331477,  -0.5022245143,  0.7150052414},
          {0.4249996989,   -0.06061996922, -0.04007724444, 0.3283369204,   -0.4204772867, -0.06061996922, 0.4000581844,
           -0.3929024372,  0.1068319924,   0.09337817587,  -0.04007724444, -0.3929024372, 0.4349261096,   -0.2013250969,
           0.006290816802, 0.3283369204,   0.1068319924,   -0.2013250969,  0.3554514404,  -0.3058821869,  -0.4204772867,
           0.09337817587,  0.006290816802, -0.3058821869,  0.4214405668}};
}

}  // namespace tpc::testing
