// The same as train.c in C++: the state in a smart pointer, failures as exceptions.
//   tpc compile ../mlp.tp -o mlp.o --header mlp.h && c++ -std=c++17 train.cpp mlp.o -ltpc_runtime -o train
#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "mlp.h"

namespace {

constexpr int steps = 5;
constexpr std::array x = {1.0, 0.3, -0.4, 0.8, 0.2, -1.1};
constexpr std::array y = {1.0, -1.0, 0.5};
constexpr std::array x_test = {0.5, 0.5, -1.0, -0.2};

struct Destroy {
  void operator()(mlp_state* state) const { mlp_destroy(state); }
};
using State = std::unique_ptr<mlp_state, Destroy>;

void check(int status) {
  if (status != TP_OK) throw std::runtime_error(tp_last_error());
}

}  // namespace

int main() try {
  tp_options options;
  tp_default_options(&options);
  options.samples = 4096;
  options.replicas = 4;
  options.seed = 1;

  const State state(mlp_create(&options));
  if (!state) throw std::runtime_error(tp_last_error());
  for (int t = 0; t < steps; ++t) {
    double loss = 0.0;
    check(mlp_step(state.get(), x.data(), y.data(), y.size(), &loss));
    std::printf("step %d  loss %.4f\n", t, loss);
  }
  std::array<double, 2> f{}, error{};
  check(mlp_predict(state.get(), x_test.data(), f.size(), f.data(), error.data()));
  for (std::size_t i = 0; i < f.size(); ++i) std::printf("f(x%zu) = %.4f +- %.4f\n", i + 1, f[i], error[i]);
} catch (const std::exception& failure) {
  std::fprintf(stderr, "error: %s\n", failure.what());
  return 1;
}
