#include "bench/by_hand/matrices.h"

namespace tpc::bench {
namespace {

using namespace by_hand;

/// Maximal update parametrization of the matrices as they multiply (a = 0): U has entries of order one and the learning
/// rate times n, W of order n^(-1/2) and the learning rate itself, V of order 1/n and the learning rate over n.
template <class Real>
class DenseNetwork final : public NetworkByHand {
 public:
  DenseNetwork(const DenseArchitecture& architecture, Index width, const DrawNormals& draw)
      : architecture_(architecture),
        width_(static_cast<Real>(width)),
        rate_(static_cast<Real>(architecture.learning_rate)),
        u_(drawn<Real>(draw, "U", width, architecture.inputs, architecture.deviations.front())),
        b_(Vector<Real>::Zero(width)),
        v_(drawn<Real>(draw, "V", width, architecture.outputs,
                       architecture.deviations.back() / static_cast<double>(width))) {
    for (int64_t layer = 2; layer <= architecture.hidden_layers; ++layer) {
      const std::string name = architecture.hidden_layers == 2 ? "W" : "W[" + std::to_string(layer) + "]";
      const double deviation = architecture.deviations[static_cast<size_t>(layer) - 1];
      w_.push_back(drawn_square<Real>(draw, name, width, deviation / std::sqrt(static_cast<double>(width))));
    }
    features_.resize(w_.size() + 1);
  }

  double step(const double* examples, const double* targets, int64_t count) override {
    forward(examples, count);
    const double loss = loss_and_slope(architecture_.loss, f_, targets, slope_);
    gradient_.noalias() = v_ * slope_;
    v_.noalias() -= (rate_ / width_) * features_.back() * slope_.transpose();
    for (size_t layer = w_.size(); layer > 0; --layer) {
      through_activation(features_[layer]);
      below_.noalias() = w_[layer - 1].transpose() * gradient_;
      w_[layer - 1].noalias() -= rate_ * gradient_ * features_[layer - 1].transpose();
      gradient_.swap(below_);
    }
    through_activation(features_.front());
    u_.noalias() -= (rate_ * width_) * gradient_ * inputs_.transpose();
    if (architecture_.has_bias) b_ -= (rate_ * width_) * gradient_.rowwise().sum();
    return loss;
  }

  double loss(const double* examples, const double* targets, int64_t count) override {
    forward(examples, count);
    return loss_and_slope(architecture_.loss, f_, targets, slope_);
  }

  void predict(const double* examples, int64_t count, double* outputs) override {
    forward(examples, count);
    Eigen::Map<Eigen::MatrixXd>(outputs, f_.rows(), f_.cols()) = f_.template cast<double>();
  }

  [[nodiscard]] int64_t outputs() const override { return architecture_.outputs; }

 private:
  void forward(const double* examples, Index count) {
    inputs_ = columns_of<Real>(examples, architecture_.inputs, count);
    inputs_ =
        (inputs_.array() - static_cast<Real>(architecture_.input_shift)) / static_cast<Real>(architecture_.input_scale);
    features_[0].noalias() = u_ * inputs_;
    if (architecture_.has_bias) features_[0].colwise() += b_;
    activate(features_[0]);
    for (size_t layer = 1; layer < features_.size(); ++layer) {
      features_[layer].noalias() = w_[layer - 1] * features_[layer - 1];
      activate(features_[layer]);
    }
    f_.noalias() = v_.transpose() * features_.back();
  }

  void activate(Matrix<Real>& h) const {
    if (architecture_.activation == Activation::relu) {
      h = h.cwiseMax(Real(0));
    } else {
      h = h.array().tanh();
    }
  }

  /// The gradient by what the activation was applied to, from its values.
  void through_activation(const Matrix<Real>& z) {
    if (architecture_.activation == Activation::relu) {
      gradient_ = (z.array() > Real(0)).select(gradient_, Real(0));
    } else {
      gradient_.array() *= Real(1) - z.array().square();
    }
  }

  DenseArchitecture architecture_;
  Real width_, rate_;
  Matrix<Real> u_;
  Vector<Real> b_;
  Matrix<Real> v_;  ///< [width, outputs]
  std::vector<SquareMatrix<Real>> w_;
  Matrix<Real> inputs_, f_, slope_, gradient_, below_;
  std::vector<Matrix<Real>> features_;
};

}  // namespace

std::unique_ptr<NetworkByHand> make_dense_network(const DenseArchitecture& architecture, Precision precision,
                                                  int64_t width, const DrawNormals& draw) {
  if (precision == Precision::f32) return std::make_unique<DenseNetwork<float>>(architecture, width, draw);
  return std::make_unique<DenseNetwork<double>>(architecture, width, draw);
}

}  // namespace tpc::bench
