#include "bench/training/by_hand_evaluator.h"

#include <map>
#include <numbers>
#include <stdexcept>
#include <utility>

#include "evaluation/interpreter/draw.h"

namespace tpc::bench {
namespace {

using evaluation::LoadedSet;
using evaluation::ReplicaValues;
using evaluation::TrainingBatch;

DenseArchitecture fashion(int64_t hidden_layers) {
  DenseArchitecture result{.inputs = 784, .hidden_layers = hidden_layers, .outputs = 10, .deviations = {}};
  result.loss = Loss::cross_entropy;
  result.deviations.assign(static_cast<size_t>(hidden_layers) + 1, std::numbers::sqrt2);
  result.deviations.front() /= 28.0;
  result.deviations.back() = 1.0;
  result.input_shift = 73.0;
  result.input_scale = 90.0;
  return result;
}

/// What the .tp files say, once more: written by hand is written for one architecture.
const std::map<std::string, DenseArchitecture>& dense_architectures() {
  static const std::map<std::string, DenseArchitecture> all = {
      {"mlp",
       {.inputs = 2,
        .outputs = 1,
        .activation = Activation::tanh,
        .deviations = {1.0, 1.4, 1.0},
        .learning_rate = 0.5}},
      {"relu_L2_ce",
       {.inputs = 2, .outputs = 3, .loss = Loss::cross_entropy, .deviations = {1.0, 1.4, 1.0}, .learning_rate = 0.8}},
      {"digits",
       {.inputs = 64,
        .outputs = 10,
        .loss = Loss::cross_entropy,
        .has_bias = true,
        .deviations = {0.3, 2.0, 1.0},
        .learning_rate = 0.1,
        .input_shift = 5.0,
        .input_scale = 6.0}},
      {"fashion2", fashion(2)},
      {"fashion3", fashion(3)},
  };
  return all;
}

const RecurrentArchitecture rnn{.tokens = 4, .learning_rate = 0.1};

/// As the interpreter draws them, so that both train the same network.
DrawNormals draw_as_interpreter(uint64_t seed, int64_t width) {
  return [seed, width](const std::string& weight, double* entries, int64_t count) {
    ir::State state;
    state.name = weight;
    state.init = {ir::InitKind::gaussian, 1.0};
    evaluation::interpreter::draw_initial(state, seed, width, entries, count);
  };
}

class ByHandEvaluator final : public evaluation::Evaluator {
 public:
  ByHandEvaluator(std::unique_ptr<NetworkByHand> network, std::string input, std::string target)
      : network_(std::move(network)), input_(std::move(input)), target_(std::move(target)) {}

  ReplicaValues step(const TrainingBatch& batch) override {
    return {1, 1, {network_->step(examples(batch), targets(batch), batch.values.count)}};
  }
  ReplicaValues loss(const TrainingBatch& batch) override {
    return {1, 1, {network_->loss(examples(batch), targets(batch), batch.values.count)}};
  }
  /// The only function there is: the outputs.
  ReplicaValues evaluate(const ir::FunctionKey&, const LoadedSet& set) override {
    ReplicaValues result{1, static_cast<size_t>(set.count * network_->outputs()), {}};
    result.values.resize(result.numbers);
    network_->predict(set.field(input_)->values.data(), set.count, result.values.data());
    return result;
  }

 private:
  [[nodiscard]] const double* examples(const TrainingBatch& batch) const {
    return batch.values.fields.at(input_).data();
  }
  [[nodiscard]] const double* targets(const TrainingBatch& batch) const {
    return batch.values.fields.at(target_).data();
  }

  std::unique_ptr<NetworkByHand> network_;
  std::string input_, target_;
};

std::unique_ptr<NetworkByHand> make_network(const std::string& model, Precision precision, int64_t width,
                                            uint64_t seed) {
  const DrawNormals draw = draw_as_interpreter(seed, width);
  if (model == "rnn") return make_recurrent_network(rnn, precision, width, draw);
  const auto found = dense_architectures().find(model);
  if (found == dense_architectures().end()) throw std::invalid_argument("no loop is written by hand for " + model);
  return make_dense_network(found->second, precision, width, draw);
}

}  // namespace

std::unique_ptr<evaluation::Evaluator> make_by_hand(const sema::Program& program, Precision precision, int64_t width,
                                                    uint64_t seed) {
  return std::make_unique<ByHandEvaluator>(make_network(program.model, precision, width, seed), program.inputs.front(),
                                           program.train->target_field);
}

}  // namespace tpc::bench
