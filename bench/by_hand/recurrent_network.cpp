#include "bench/by_hand/matrices.h"

namespace tpc::bench {
namespace {

using namespace by_hand;

/// Backpropagation through time. The gradients of W at all tokens are one product of features side by side.
template <class Real>
class RecurrentNetwork final : public NetworkByHand {
 public:
  RecurrentNetwork(const RecurrentArchitecture& architecture, Index width, const DrawNormals& draw)
      : tokens_(architecture.tokens),
        width_(static_cast<Real>(width)),
        rate_(static_cast<Real>(architecture.learning_rate)),
        u_(drawn<Real>(draw, "u", width, 1, architecture.deviation_u)),
        b_(Vector<Real>::Zero(width)),
        w_(drawn_square<Real>(draw, "W", width, architecture.deviation_w / std::sqrt(static_cast<double>(width)))),
        v_(drawn<Real>(draw, "V", width, 1, architecture.deviation_v / static_cast<double>(width))) {}

  double step(const double* examples, const double* targets, int64_t count) override {
    forward(examples, count);
    const double loss = loss_and_slope(Loss::squares, f_, targets, slope_);
    gradients_.resize(w_.rows(), count * tokens_);
    Matrix<Real> gradient = v_ * slope_;
    for (Index token = tokens_ - 1; token >= 0; --token) {
      auto at_token = gradients_.middleCols(token * count, count);
      at_token = gradient.array() * (Real(1) - features(token).array().square());
      if (token > 0) gradient.noalias() = w_.transpose() * at_token;
    }
    v_.noalias() -= (rate_ / width_) * features(tokens_ - 1) * slope_.transpose();
    if (tokens_ > 1) {
      const Index products = count * (tokens_ - 1);
      w_.noalias() -= rate_ * gradients_.rightCols(products) * features_.leftCols(products).transpose();
    }
    u_.noalias() -= (rate_ * width_) * gradients_ * side_by_side();
    b_ -= (rate_ * width_) * gradients_.rowwise().sum();
    return loss;
  }

  double loss(const double* examples, const double* targets, int64_t count) override {
    forward(examples, count);
    return loss_and_slope(Loss::squares, f_, targets, slope_);
  }

  void predict(const double* examples, int64_t count, double* outputs) override {
    forward(examples, count);
    Eigen::Map<Eigen::MatrixXd>(outputs, 1, count) = f_.template cast<double>();
  }

  [[nodiscard]] int64_t outputs() const override { return 1; }

 private:
  auto features(Index token) { return features_.middleCols(token * inputs_.cols(), inputs_.cols()); }
  /// The numbers of all tokens in the order of the columns of features_.
  [[nodiscard]] Vector<Real> side_by_side() const { return inputs_.transpose().reshaped(); }

  void forward(const double* examples, Index count) {
    inputs_ = columns_of<Real>(examples, tokens_, count);
    features_.resize(w_.rows(), count * tokens_);
    for (Index token = 0; token < tokens_; ++token) {
      auto h = features(token);
      h.noalias() = u_ * inputs_.row(token);
      if (token > 0) h.noalias() += w_ * features(token - 1);
      h.colwise() += b_;
      h = h.array().tanh();
    }
    f_.noalias() = v_.transpose() * features(tokens_ - 1);
  }

  Index tokens_;
  Real width_, rate_;
  Matrix<Real> u_;
  Vector<Real> b_;
  SquareMatrix<Real> w_;
  Matrix<Real> v_;
  Matrix<Real> inputs_, features_, gradients_, f_, slope_;
};

}  // namespace

std::unique_ptr<NetworkByHand> make_recurrent_network(const RecurrentArchitecture& architecture, Precision precision,
                                                      int64_t width, const DrawNormals& draw) {
  if (precision == Precision::f32) return std::make_unique<RecurrentNetwork<float>>(architecture, width, draw);
  return std::make_unique<RecurrentNetwork<double>>(architecture, width, draw);
}

}  // namespace tpc::bench
