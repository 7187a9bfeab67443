// Compiled models on the real runtime: JIT and shared library against the closed form of a linear network's limit.
#include <doctest/doctest.h>

#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "base/files/output_file.h"
#include "codegen/codegen.h"
#include "tests/unit/codegen/network.h"

namespace {

using namespace tpc;
using namespace tpc::test;

constexpr int inputs = 3, outputs = 2, batch = 4, rows = inputs + outputs;
constexpr int64_t batch_size = batch;
constexpr double rate = 0.3;

struct Data {
  std::vector<double> x, y;
};

Data some_data(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Data data;
  for (int i = 0; i < batch * inputs; ++i) data.x.push_back(normal(random));
  for (int i = 0; i < batch * outputs; ++i) data.y.push_back(normal(random));
  return data;
}

/// f = V . U x at muP with U, V ~ N(0, 1): an SGD step is a linear map of the span of (U_1..U_d, V_1..V_k), so the
/// Gram matrix G of that span, the identity at first, says everything: f_io = sum_j x_ij G[U_j, V_o].
class LinearNetwork {
 public:
  LinearNetwork() : gram_(rows, std::vector<double>(rows, 0.0)) {
    for (int i = 0; i < rows; ++i) gram_[static_cast<size_t>(i)][static_cast<size_t>(i)] = 1.0;
  }
  double output(const Data& data, int i, int o) const {
    double f = 0.0;
    for (int j = 0; j < inputs; ++j) f += x(data, i, j) * at(j, inputs + o);
    return f;
  }
  double loss(const Data& data) const {
    double sum = 0.0;
    for (int i = 0; i < batch; ++i) {
      for (int o = 0; o < outputs; ++o) sum += std::pow(output(data, i, o) - y(data, i, o), 2) / 2;
    }
    return sum / batch;
  }
  /// U_j -= rate sum chi_io x_ij V_o, V_o -= rate sum chi_io x_ij U_j, chi = (f - y) / B.
  void step(const Data& data) {
    std::vector<std::vector<double>> map(rows, std::vector<double>(rows, 0.0));
    for (int r = 0; r < rows; ++r) map[static_cast<size_t>(r)][static_cast<size_t>(r)] = 1.0;
    for (int j = 0; j < inputs; ++j) {
      for (int o = 0; o < outputs; ++o) {
        double coupling = 0.0;
        for (int i = 0; i < batch; ++i) coupling += (output(data, i, o) - y(data, i, o)) / batch * x(data, i, j);
        map[static_cast<size_t>(j)][static_cast<size_t>(inputs + o)] = -rate * coupling;
        map[static_cast<size_t>(inputs + o)][static_cast<size_t>(j)] = -rate * coupling;
      }
    }
    auto next = gram_;
    for (size_t a = 0; a < rows; ++a) {
      for (size_t b = 0; b < rows; ++b) {
        next[a][b] = 0.0;
        for (size_t c = 0; c < rows; ++c) {
          for (size_t d = 0; d < rows; ++d) next[a][b] += map[a][c] * gram_[c][d] * map[b][d];
        }
      }
    }
    gram_ = next;
  }

 private:
  static double x(const Data& data, int i, int j) { return data.x[static_cast<size_t>(i * inputs + j)]; }
  static double y(const Data& data, int i, int o) { return data.y[static_cast<size_t>(i * outputs + o)]; }
  double at(int a, int b) const { return gram_[static_cast<size_t>(a)][static_cast<size_t>(b)]; }
  std::vector<std::vector<double>> gram_;
};

ir::limit::Module linear_module() {
  NetworkShape shape{inputs, outputs, 1, ir::Primitive::Relu, rate};
  shape.linear = true;
  return network(shape);
}

struct Setting {
  tp_method method;
  tp_precision precision;
  double tolerance;
};

TEST_CASE("training a linear network follows its closed form, exactly or within the sampling error") {
  constexpr uint64_t seed = 42;
  CAPTURE(seed);
  const Data data = some_data(seed);
  for (const Setting& setting : {Setting{TP_METHOD_EXACT, TP_F64, 1e-12}, Setting{TP_METHOD_QMC, TP_F64, 5e-3},
                                 Setting{TP_METHOD_QMC, TP_F32, 5e-3}}) {
    CAPTURE(setting.method);
    codegen::CodegenOptions code;
    code.precision = setting.precision;
    codegen::JitModel jit{codegen::CompiledModel(linear_module(), code)};
    REQUIRE_MESSAGE(jit.error().empty(), jit.error());
    tp_options options;
    tp_default_options(&options);
    options.method = setting.method;
    options.samples = setting.method == TP_METHOD_EXACT ? 64 : 4096;
    options.replicas = setting.method == TP_METHOD_EXACT ? 1 : 4;
    tp_state* state = nullptr;
    REQUIRE_MESSAGE(tp_create(jit.descriptor(), &options, &state) == TP_OK, tp_last_error());
    LinearNetwork exact;
    const double* fields[] = {data.x.data(), data.y.data()};
    for (int step = 0; step < 5; ++step) {
      double loss = 0.0;
      REQUIRE_MESSAGE(tp_step(state, fields, &batch_size, &loss) == TP_OK, tp_last_error());
      CHECK(std::fabs(loss - exact.loss(data)) <= setting.tolerance);
      exact.step(data);
      double f[batch * outputs];
      REQUIRE_MESSAGE(tp_predict(state, fields, &batch_size, f, nullptr) == TP_OK, tp_last_error());
      for (int i = 0; i < batch; ++i) {
        for (int o = 0; o < outputs; ++o) {
          CHECK(std::fabs(f[i * outputs + o] - exact.output(data, i, o)) <= setting.tolerance);
        }
      }
    }
    tp_destroy(state);
  }
}

TEST_CASE("quadrature in generated code takes the nodes and weights of a standard normal") {
  ir::limit::Module module;
  module.name = "quadrature";
  module.dims = {{"B", {}}, {"Q", 40}};
  module.functions.push_back({ir::FunctionKey("f"), {}, {}});
  ir::limit::Builder b(module, module.functions.front());
  const ir::ValueId node = b.insert(ir::limit::NormalRule{ir::DimId(1), false});
  const ir::ValueId weight = b.insert(ir::limit::NormalRule{ir::DimId(1), true});
  const ir::ValueId wave = b.map(ir::Primitive::Cos, {b.mul(b.input("s", {ir::DimId(0)}), node)});
  module.functions.front().results.push_back({"mean", b.contract(wave, weight, {ir::DimId(1)})});
  codegen::JitModel jit{codegen::CompiledModel(module, {})};
  REQUIRE_MESSAGE(jit.error().empty(), jit.error());
  tp_state* state = nullptr;
  REQUIRE(tp_create(jit.descriptor(), nullptr, &state) == TP_OK);
  const int64_t four = 4;
  const double s[] = {0.0, 0.5, 1.0, 2.0};
  const double* fields[] = {s};
  for (int repeat = 0; repeat < 2; ++repeat) {
    double mean[4];
    REQUIRE_MESSAGE(tp_call(state, 0, 0, fields, &four, mean, nullptr, nullptr) == TP_OK, tp_last_error());
    for (int i = 0; i < 4; ++i) CHECK(std::fabs(mean[i] - std::exp(-0.5 * s[i] * s[i])) < 1e-12);  // E cos(s u)
  }
  tp_destroy(state);
}

TEST_CASE("matrix products of numbers in the storage orders of kernel gradient descent") {
  ir::limit::Module module;
  module.name = "products";
  const ir::DimId examples(0), all(1), outputs_dim(2);
  module.dims = {{"B", {}}, {"P", 23}, {"k", 2}};
  module.functions.push_back({ir::FunctionKey("f"), {}, {}});
  ir::limit::Builder b(module, module.functions.front());
  const ir::ValueId kernel = b.input("kernel", {examples, all});
  const ir::ValueId chi = b.input("chi", {examples, outputs_dim});
  const ir::ValueId direction = b.contract(kernel, chi, {examples});
  module.functions.front().results = {{"direction", direction}, {"back", b.contract(kernel, direction, {all})}};
  codegen::JitModel jit{codegen::CompiledModel(module, {})};
  REQUIRE_MESSAGE(jit.error().empty(), jit.error());
  tp_state* state = nullptr;
  REQUIRE(tp_create(jit.descriptor(), nullptr, &state) == TP_OK);
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  const int64_t three = 3;
  double k[3][23], c[3][2], made[23][2], back[3][2];
  for (auto& row : k) std::ranges::generate(row, [&] { return normal(random); });
  for (auto& row : c) std::ranges::generate(row, [&] { return normal(random); });
  const double* fields[] = {&k[0][0], &c[0][0]};
  REQUIRE_MESSAGE(tp_call(state, 0, 0, fields, &three, &made[0][0], nullptr, nullptr) == TP_OK, tp_last_error());
  REQUIRE_MESSAGE(tp_call(state, 0, 1, fields, &three, &back[0][0], nullptr, nullptr) == TP_OK, tp_last_error());
  for (int o = 0; o < 2; ++o) {
    for (int p = 0; p < 23; ++p)
      CHECK(std::fabs(made[p][o] - (k[0][p] * c[0][o] + k[1][p] * c[1][o] + k[2][p] * c[2][o])) < 1e-13);
    for (int i = 0; i < 3; ++i) {
      double sum = 0.0;
      for (int p = 0; p < 23; ++p) sum += k[i][p] * made[p][o];
      CHECK(std::fabs(back[i][o] - sum) < 1e-12);
    }
  }
  tp_destroy(state);
}

TEST_CASE("a shared library trains through its C interface") {
  const auto path = std::filesystem::temp_directory_path() / "tpc_codegen_runtime_test.so";
  const codegen::CompiledModel model(linear_module(), {});
  const codegen::FileContents file = model.contents(codegen::FileKind::shared_library, "m", TPC_RUNTIME_DIRECTORY);
  REQUIRE(file.error == "");
  REQUIRE(tpc::files::write_file(path.string(), file.bytes) == "");
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  std::filesystem::remove(path);
  const std::string problem = library == nullptr ? dlerror() : "";
  REQUIRE_MESSAGE(problem.empty(), problem);
  auto* create = reinterpret_cast<tp_state* (*)(const tp_options*)>(dlsym(library, "net_create"));
  auto* step =
      reinterpret_cast<int (*)(tp_state*, const double*, const double*, size_t, double*)>(dlsym(library, "net_step"));
  auto* destroy = reinterpret_cast<void (*)(tp_state*)>(dlsym(library, "net_destroy"));
  tp_options options;
  tp_default_options(&options);
  options.samples = 1024;
  options.replicas = 2;
  tp_state* state = create(&options);
  REQUIRE(state != nullptr);
  const Data data = some_data(1);
  double first = 0.0, last = 0.0;
  CHECK(step(state, data.x.data(), data.y.data(), batch, &first) == TP_OK);
  for (int i = 0; i < 10; ++i) CHECK(step(state, data.x.data(), data.y.data(), batch, &last) == TP_OK);
  CHECK(last < 0.8 * first);
  destroy(state);
  dlclose(library);
}

}  // namespace
