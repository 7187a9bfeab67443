// The same as train.c in C++: the state in an object (tpc/model.hpp), failures as exceptions; and what the program
// observes by name, and a learning rate that the host lowers.
//   tpc compile ../mlp.tp -o mlp.o --header mlp.h && c++ -std=c++17 train.cpp mlp.o -ltpc_runtime -o train
#include <array>
#include <cstdio>
#include <exception>

#include "mlp.h"
#include "tpc/model.hpp"

namespace {

constexpr int steps = 5;
constexpr std::array x = {1.0, 0.3, -0.4, 0.8, 0.2, -1.1};
constexpr std::array y = {1.0, -1.0, 0.5};
constexpr std::array x_test = {0.5, 0.5, -1.0, -0.2};

}  // namespace

int main() try {
  tp_options options = tpc::Model::default_options();
  options.samples = 4096;
  options.replicas = 4;
  tpc::Model network(mlp_model, options);

  for (int t = 0; t < steps; ++t) std::printf("step %d  loss %.4f\n", t, network.step({{"x", x}, {"y", y}}));
  const tpc::Estimate f = network.predict({{"x", x_test}});
  for (std::size_t i = 0; i < f.mean.size(); ++i) {
    std::printf("f(x%zu) = %.4f +- %.4f\n", i + 1, f.mean[i], f.error[i]);
  }

  for (const std::string& title : network.observations()) {
    const tpc::Estimate observed = network.observe(title, {{"x", x_test}});
    std::printf("%s = %.4f %.4f %.4f %.4f\n", title.c_str(), observed.mean[0], observed.mean[1], observed.mean[2],
                observed.mean[3]);
  }
  network.set_learning_rate(network.learning_rate() / 2);
  std::printf("at rate %.2f  loss %.4f\n", network.learning_rate(), network.step({{"x", x}, {"y", y}}));
} catch (const std::exception& failure) {
  std::fprintf(stderr, "error: %s\n", failure.what());
  return 1;
}
