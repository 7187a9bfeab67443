// TPC_EIGEN_KERNEL: the name of the function. Eigen's own namespace is renamed for the second build (CMakeLists.txt),
// so that the linker does not mix their functions.
#include "bench/eigen_kernel.h"

#include <Eigen/Dense>
#include <numbers>

void TPC_EIGEN_KERNEL(const double* x, std::size_t count, std::size_t inputs, int layers, double weight_variance,
                      double* kernel) {
  using Eigen::ArrayXd, Eigen::ArrayXXd, Eigen::Index;
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Index n = static_cast<Index>(count);
  const Eigen::Map<const Matrix> points(x, n, static_cast<Index>(inputs));
  const double pi = std::numbers::pi;
  ArrayXXd nngp = (points * points.transpose() / static_cast<double>(inputs)).array();
  ArrayXXd theta = nngp;
  for (int layer = 0; layer < layers; ++layer) {
    const ArrayXd deviation = (weight_variance * nngp.matrix().diagonal().array()).sqrt();
    const ArrayXXd norm = (deviation.matrix() * deviation.matrix().transpose()).array();
    const ArrayXXd cosine = (weight_variance * nngp / norm).min(1.0).max(-1.0);
    const ArrayXXd angle = cosine.acos();
    nngp = norm / (2 * pi) * ((1.0 - cosine.square()).sqrt() + (pi - angle) * cosine);
    theta = nngp + theta * (weight_variance / (2 * pi)) * (pi - angle);
  }
  Eigen::Map<Matrix>(kernel, n, n) = theta.matrix();
}
