/// \file Networks of finite width trained by loops that are written by hand with Eigen and OpenBLAS: what one would
/// write for one architecture without a compiler. Built with -O3 -march=native (CMakeLists.txt); no Eigen type is
/// visible here. They draw the same weights and see the same batches as the interpreter's networks, and so compute the
/// same numbers up to rounding, which bench/harness/error_against_time.py checks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tpc::bench {

enum class Activation { relu, tanh };
enum class Loss { squares, cross_entropy };
enum class Precision { f64, f32 };

/// A network of dense layers at the maximal update parametrization. Cross entropy: targets are indices of classes.
struct DenseArchitecture {
  int64_t inputs = 1;
  int64_t hidden_layers = 2;
  int64_t outputs = 1;
  Activation activation = Activation::relu;
  Loss loss = Loss::squares;
  bool has_bias = false;           ///< of the first layer, trained from 0
  std::vector<double> deviations;  ///< sigma of U, W_2.., V
  double learning_rate = 0.1;
  double input_shift = 0.0, input_scale = 1.0;  ///< inputs are (x - shift) / scale
};

/// h = tanh(W h + u x_j + b) over the numbers of an example, f = V h, squared loss, maximal update parametrization.
struct RecurrentArchitecture {
  int64_t tokens = 1;
  double deviation_u = 1.0, deviation_w = 1.0, deviation_v = 1.0;
  double learning_rate = 0.1;
};

/// Standard normals for the weight of this name: vectors of the width one after the other, of [n, n] its rows.
using DrawNormals = std::function<void(const std::string& weight, double* entries, int64_t count)>;

/// Examples are row-major: [count, inputs], targets [count, outputs] or class indices [count], outputs [count,
/// outputs].
class NetworkByHand {
 public:
  NetworkByHand() = default;
  NetworkByHand(const NetworkByHand&) = delete;
  NetworkByHand& operator=(const NetworkByHand&) = delete;
  virtual ~NetworkByHand() = default;

  /// One step of gradient descent; the mean loss of the batch before it.
  virtual double step(const double* examples, const double* targets, int64_t count) = 0;
  [[nodiscard]] virtual double loss(const double* examples, const double* targets, int64_t count) = 0;
  virtual void predict(const double* examples, int64_t count, double* outputs) = 0;
  [[nodiscard]] virtual int64_t outputs() const = 0;
};

std::unique_ptr<NetworkByHand> make_dense_network(const DenseArchitecture& architecture, Precision precision,
                                                  int64_t width, const DrawNormals& draw);
std::unique_ptr<NetworkByHand> make_recurrent_network(const RecurrentArchitecture& architecture, Precision precision,
                                                      int64_t width, const DrawNormals& draw);

}  // namespace tpc::bench
