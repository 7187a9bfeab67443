// Functions of two batches for all pairs of points on the real runtime (tp_evaluate_pairs), against closed forms.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "base/files/output_file.h"
#include "codegen/codegen.h"
#include "tests/support/relu_kernel.h"

namespace {

using namespace tpc;

constexpr int inputs = 20, layers = 2;
constexpr double weight_variance = 1.7;
using Points = std::vector<double>;

Points some_points(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Points points(count * inputs);
  for (double& x : points) x = normal(random);
  return points;
}

struct Kernels {
  double kernel, nngp;
};

/// The recursion of relu_kernel.h with angles.
Kernels closed_form(const double* x, const double* y) {
  auto product = [](const double* a, const double* b) {
    double sum = 0.0;
    for (int i = 0; i < inputs; ++i) sum += a[i] * b[i];
    return sum / inputs;
  };
  double p = product(x, x), q = product(y, y), nngp = product(x, y), kernel = nngp;
  for (int layer = 0; layer < layers; ++layer) {
    const double norm = weight_variance * std::sqrt(p * q);
    const double angle = std::acos(std::clamp(weight_variance * nngp / norm, -1.0, 1.0));
    const double rest = std::numbers::pi - angle;
    nngp = norm / (2 * std::numbers::pi) * (std::sin(angle) + rest * std::cos(angle));
    kernel = nngp + kernel * weight_variance * rest / (2 * std::numbers::pi);
    p *= weight_variance / 2;
    q *= weight_variance / 2;
  }
  return {kernel, nngp};
}

codegen::JitModel compile(const ir::limit::Module& module, tp_precision precision = TP_F64) {
  codegen::CodegenOptions options;
  options.precision = precision;
  codegen::JitModel jit{codegen::CompiledModel(module, options)};
  REQUIRE_MESSAGE(jit.error().empty(), jit.error());
  return jit;
}

/// One field x and its twin.
struct Call {
  Call(const Points& x, const Points& other) : fields{x.data(), nullptr}, other_fields{other.data(), nullptr} {
    pairs.size = sizeof(tp_pairs);
    pairs.fields = fields;
    pairs.count = x.size() / inputs;
    pairs.other_fields = other_fields;
    pairs.other_count = other.size() / inputs;
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  [[nodiscard]] size_t size() const { return pairs.count * (pairs.other_count == 0 ? pairs.count : pairs.other_count); }
  const double* fields[2];
  const double* other_fields[2];
  tp_pairs pairs{};
};

TEST_CASE("a closed-form kernel of all pairs, symmetric or not, in blocks of any size") {
  const auto f64 = compile(test::relu_kernel(inputs, layers, weight_variance));
  const auto f32 = compile(test::relu_kernel(inputs, layers, weight_variance), TP_F32);
  const Points all = some_points(300, 1);
  for (const auto& [count, other, block] : {std::tuple<size_t, size_t, size_t>{1, 0, 0},
                                            {7, 0, 0},
                                            {300, 0, 0},
                                            {130, 0, 16},
                                            {5, 3, 2},
                                            {3, 300, 0},
                                            {290, 20, 0},
                                            {140, 129, 0}}) {
    CAPTURE(count);
    CAPTURE(other);
    CAPTURE(block);
    const Points x(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count * inputs));
    const Points y(all.end() - static_cast<std::ptrdiff_t>(other * inputs), all.end());
    const Points& right = other == 0 ? x : y;
    const size_t columns = right.size() / inputs;
    for (const auto* jit : {&f64, &f32}) {
      Call call(x, y);
      call.pairs.block = block;
      std::vector<double> kernel(call.size(), NAN), nngp(call.size(), NAN);
      double* results[] = {kernel.data(), nngp.data()};
      REQUIRE_MESSAGE(tp_evaluate_pairs(jit->descriptor(), nullptr, 0, &call.pairs, results, nullptr, nullptr) == TP_OK,
                      tp_last_error());
      double worst = 0.0;
      for (size_t i = 0; i < count; ++i) {
        for (size_t j = 0; j < columns; ++j) {
          const Kernels exact = closed_form(&x[i * inputs], &right[j * inputs]);
          worst = std::max(worst, std::fabs(kernel[i * columns + j] - exact.kernel));
          worst = std::max(worst, std::fabs(nngp[i * columns + j] - exact.nngp));
          if (other == 0 && kernel[i * columns + j] != kernel[j * columns + i]) worst = 1.0;
        }
      }
      CHECK(worst < 1e-7);  // at c = 1 half the digits of the angle are lost, whoever computes it
    }
  }
}

TEST_CASE("neither the number of threads nor results that are not wanted change a number; progress counts blocks") {
  const auto jit = compile(test::relu_kernel(inputs, layers, weight_variance));
  const Points x = some_points(200, 2);
  std::vector<double> one(200 * 200), two(200 * 200);
  Call call(x, {});
  call.pairs.block = 32;
  struct Counts {
    size_t calls = 0, last = 0, total = 0, stop_after = 0;
  } counts;
  call.pairs.progress_data = &counts;
  call.pairs.progress = [](void* data, size_t done, size_t total) -> int32_t {
    auto& seen = *static_cast<Counts*>(data);
    seen = {seen.calls + 1, std::max(seen.last, done), total, seen.stop_after};
    return seen.calls == seen.stop_after ? 1 : 0;
  };
  tp_options options;
  tp_default_options(&options);
  options.threads = 1;
  double* only_kernel[] = {one.data(), nullptr};
  REQUIRE(tp_evaluate_pairs(jit.descriptor(), &options, 0, &call.pairs, only_kernel, nullptr, nullptr) == TP_OK);
  CHECK(counts.calls == 28);  // 7 * 8 / 2
  CHECK(counts.last == 28);
  CHECK(counts.total == 28);
  counts = {0, 0, 0, 5};
  CHECK(tp_evaluate_pairs(jit.descriptor(), &options, 0, &call.pairs, only_kernel, nullptr, nullptr) == TP_INTERRUPTED);
  CHECK(counts.calls == 5);
  counts = {};
  options.threads = 2;
  double* by_replica[] = {two.data(), nullptr};
  REQUIRE(tp_evaluate_pairs(jit.descriptor(), &options, 0, &call.pairs, nullptr, nullptr, by_replica) == TP_OK);
  CHECK(one == two);
  CHECK(tp_pairs_replica_count(jit.descriptor(), &options, 0) == 1);
}

/// E tanh(U x) tanh(U x'), by samples.
ir::limit::Module sampled_kernel() {
  ir::limit::Module module;
  module.name = "sampled";
  module.dims = {{"B", {}}, {"B'", {}, ir::DimId(0)}, {"d", inputs}};
  ir::State u;
  u.name = "U";
  u.type = {ir::Kind::vector, {ir::DimId(2)}};
  u.init = {ir::InitKind::gaussian, 0.3};
  module.states = {u};
  module.functions.push_back({ir::FunctionRole::kernel, {}, {}});
  ir::limit::Builder b(module, module.functions.front());
  auto side = [&](bool twin, ir::DimId batch) {
    const ir::ValueId x = b.input(ir::Input{"x", twin}, {batch, ir::DimId(2)});
    return b.map(ir::Primitive::Tanh, {b.contract(b.read(ir::StateId(0)), x, {ir::DimId(2)})});
  };
  const ir::ValueId left = side(false, ir::DimId(0)), right = side(true, ir::DimId(1));
  b.function().results = {{"kernel", b.insert(ir::limit::Expect{left, right, {}})}};
  return module;
}

TEST_CASE("a sampled kernel keeps its replicas apart, and every block sees the same samples") {
  const auto jit = compile(sampled_kernel());
  constexpr size_t count = 37, replicas = 3;
  const Points x = some_points(count, 3);
  tp_options options;
  tp_default_options(&options);
  options.samples = 128;
  options.replicas = replicas;
  CHECK(tp_pairs_replica_count(jit.descriptor(), &options, 0) == replicas);
  std::vector<double> blocked(replicas * count * count), mean(count * count), error(count * count);
  Call call(x, {});
  call.pairs.block = 16;
  double *means[] = {mean.data()}, *errors[] = {error.data()}, *all[] = {blocked.data()};
  REQUIRE_MESSAGE(tp_evaluate_pairs(jit.descriptor(), &options, 0, &call.pairs, means, errors, all) == TP_OK,
                  tp_last_error());
  tp_state* state = nullptr;
  REQUIRE(tp_create(jit.descriptor(), &options, &state) == TP_OK);
  std::vector<double> whole(replicas * count * count), whole_mean(count * count), whole_error(count * count);
  const double* fields[] = {x.data(), x.data()};
  const int64_t extents[] = {count, count};
  REQUIRE(tp_call(state, 0, 0, fields, extents, whole_mean.data(), whole_error.data(), whole.data()) == TP_OK);
  tp_destroy(state);
  auto distance = [](const std::vector<double>& a, const std::vector<double>& b) {
    double worst = 0.0;
    for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::fabs(a[i] - b[i]));
    return worst;
  };
  CHECK(distance(blocked, whole) < 1e-13);
  CHECK(distance(mean, whole_mean) < 1e-13);
  CHECK(distance(error, whole_error) < 1e-13);
  CHECK(blocked[1] != blocked[count * count + 1]);
}

TEST_CASE("a block that overflows ends the evaluation, on whatever thread it is met") {
  const auto jit = compile(test::relu_kernel(inputs, layers, weight_variance));
  Points x = some_points(100, 5);
  x[1700] = 1e200;
  std::vector<double> kernel(100 * 100);
  Call call(x, {});
  call.pairs.block = 8;
  double* results[] = {kernel.data(), nullptr};
  CHECK(tp_evaluate_pairs(jit.descriptor(), nullptr, 0, &call.pairs, results, nullptr, nullptr) == TP_NOT_FINITE);
}

/// A C program of a user: prints kernel and nngp of two points, symmetric, and of the first against the second.
constexpr auto c_program = R"(#include <stdio.h>
#include "relu.h"
int main(void) {
  double x[40], kernel[4], nngp[4];
  for (int i = 0; i < 40; ++i) x[i] = (i * 7 % 11) / 5.0 - 1.0;
  if (relu_kernel(x, 2, NULL, 0, kernel, nngp) != TP_OK) return 1;
  for (int i = 0; i < 4; ++i) printf("%.17g %.17g\n", kernel[i], nngp[i]);
  if (relu_kernel(x, 1, x + 20, 1, kernel, NULL) != TP_OK) return 2;
  printf("%.17g\n", kernel[0]);
  return relu_kernel(x, 0, NULL, 0, kernel, nngp) == TP_INVALID_ARGUMENT && tp_last_error()[0] != 0 ? 0 : 3;
}
)";

TEST_CASE("a C program evaluates the kernel of a shared library") {
  const auto folder = std::filesystem::temp_directory_path() / "tpc_kernel_from_c";
  std::filesystem::create_directories(folder);
  const auto module = test::relu_kernel(inputs, layers, weight_variance);
  const codegen::FileContents file =
      codegen::CompiledModel(module, {}).contents(codegen::FileKind::shared_library, "relu", TPC_RUNTIME_DIRECTORY);
  REQUIRE(file.error == "");
  REQUIRE(tpc::files::write_file((folder / "librelu.so").string(), file.bytes) == "");
  std::ofstream(folder / "relu.h") << codegen::c_header(module, {});
  std::ofstream(folder / "main.c") << c_program;
  const std::string at = folder.string(), runtime = TPC_RUNTIME_DIRECTORY;
  const std::string compile_it = "cc -std=c99 -Wall -Wextra -Werror " TPC_HOST_OPTIONS " -I" + at +
                                 " -I" TPC_RUNTIME_INCLUDE " " + at + "/main.c -o " + at + "/main -L" + at +
                                 " -lrelu -Wl,-rpath," + at + " -L" + runtime + " -ltpc_runtime -Wl,-rpath," + runtime;
  REQUIRE(std::system(compile_it.c_str()) == 0);
  REQUIRE(std::system((at + "/main > " + at + "/out").c_str()) == 0);
  Points x(2 * inputs);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(i * 7 % 11) / 5.0 - 1.0;
  std::ifstream out(folder / "out");
  double kernel = 0.0, nngp = 0.0;
  for (size_t i = 0; i < 4; ++i) {
    const Kernels exact = closed_form(&x[i / 2 * inputs], &x[i % 2 * inputs]);
    REQUIRE(static_cast<bool>(out >> kernel >> nngp));
    CHECK(std::fabs(kernel - exact.kernel) < 1e-7);
    CHECK(std::fabs(nngp - exact.nngp) < 1e-7);
  }
  REQUIRE(static_cast<bool>(out >> kernel));
  CHECK(std::fabs(kernel - closed_form(x.data(), &x[inputs]).kernel) < 1e-12);
  std::filesystem::remove_all(folder);
}

TEST_CASE("what is no function of pairs is refused") {
  auto module = sampled_kernel();
  module.functions.front().results.push_back({"one", module.functions.front().results.front().value});
  module.functions.push_back({ir::FunctionKey("single"), {}, {}});
  ir::limit::Builder b(module, module.functions.back());
  b.function().results = {{"x", b.input("x", {ir::DimId(0), ir::DimId(2)})}};
  const auto jit = compile(module);
  Points x = some_points(4, 4);
  std::vector<double> out(16 * inputs);
  double* results[] = {out.data(), nullptr};
  auto status = [&](uint32_t function, auto change) {
    Call call(x, {});
    change(call.pairs);
    return tp_evaluate_pairs(jit.descriptor(), nullptr, function, &call.pairs, results, nullptr, nullptr);
  };
  CHECK(status(0, [](tp_pairs&) {}) == TP_OK);
  CHECK(status(1, [](tp_pairs&) {}) == TP_INVALID_ARGUMENT);
  CHECK(std::string(tp_last_error()) == "the result x of single is not one of pairs of examples");
  CHECK(status(2, [](tp_pairs&) {}) == TP_INVALID_ARGUMENT);
  CHECK(status(0, [](tp_pairs& pairs) { pairs.size = 8; }) == TP_ABI_MISMATCH);
  CHECK(status(0, [](tp_pairs& pairs) { pairs.count = 0; }) == TP_INVALID_ARGUMENT);
  CHECK(status(0, [](tp_pairs& pairs) { pairs.fields = nullptr; }) == TP_INVALID_ARGUMENT);
  x[5] = std::numeric_limits<double>::infinity();
  CHECK(status(0, [](tp_pairs&) {}) == TP_INVALID_ARGUMENT);
  CHECK(tp_evaluate_pairs(jit.descriptor(), nullptr, 0, nullptr, results, nullptr, nullptr) == TP_INVALID_ARGUMENT);
}

}  // namespace
