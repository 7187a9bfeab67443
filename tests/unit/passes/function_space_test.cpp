// Where a network is linear in what moves, steps on its weights and steps on its values are the same at any width: the
// program in function space, given the values and the kernel of one finite network, against that network.
#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "evaluation/interpreter/interpreter.h"
#include "frontend/lowering/lower.h"
#include "language_programs.h"
#include "passes/autodiff/autodiff.h"
#include "passes/kernel/derive_kernel.h"
#include "passes/kernel/function_steps.h"
#include "passes/kernel/moved_weights.h"
#include "passes/kernel/pair_functions.h"
#include "passes/pipeline.h"
#include "passes/update/update.h"
#include "passes/width/width_analysis.h"

namespace {

using namespace tpc;
using evaluation::Batch;
using evaluation::Interpreter;
using passes::FunctionSpaceProgram;

constexpr int64_t width = 6, tasks = 3;
constexpr size_t inputs = 2, outputs = 2;

const std::string program = R"(model tasks
width n
dim d = 2
dim k = 2
param U : [n, d] init normal(std = 1)
param V : [k, n] init normal(std = 1)
def net(x : [d]) -> [k] { return V @ tanh(U @ x) }
def adapted(support, query) {
  adapt V = sgd(lr = 0.7, steps = 3, order = 1) on cross_entropy(net(support.x), support.label)
  return net(query.x)
}
data all : x[d], class = npy("all.npy", axes = [class, item])
data train : support(x[d], label), query(x[d], label) = episodes(all, ways = k, shots = 2, queries = 1, seed = 1)
train {
  data = train
  loss = cross_entropy(adapted(support, query), query.label)
  optimizer = sgd(lr = 0.1, clip = 0.05)
  batch = 3
  reduce = sum
  steps = 2
}
parametrization ntp
)";

std::string with(const std::string& from, const std::string& to) {
  std::string text = program;
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::variant<FunctionSpaceProgram, passes::LimitFailure> translated(const std::string& text) {
  const lowering::WithCalls lowered = lowering::lower_with_calls(testing::checked_program(text), "net");
  return passes::in_function_space(lowered.module, lowered.calls, {{"x", 1}});
}

FunctionSpaceProgram in_function_space(const std::string& text) {
  auto result = translated(text);
  const auto* failure = std::get_if<passes::LimitFailure>(&result);
  REQUIRE_MESSAGE(failure == nullptr, failure->message);
  auto made = std::get<FunctionSpaceProgram>(std::move(result));
  made.functions = passes::without_inner_gradients(std::move(made.functions));
  return made;
}

std::string failure_of(const std::string& text) {
  const auto result = translated(text);
  const auto* failure = std::get_if<passes::LimitFailure>(&result);
  return failure == nullptr ? "" : failure->message;
}

Batch random_tasks() {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  Batch batch{tasks, {}};
  for (const auto& [group, rows] : {std::pair("support", 4), std::pair("query", 2)}) {
    for (int64_t i = 0; i < tasks * rows; ++i) {
      for (size_t j = 0; j < inputs; ++j) batch.fields[std::string(group) + ".x"].push_back(normal(random));
      batch.fields[std::string(group) + ".label"].push_back(static_cast<double>(i % 2));
    }
  }
  return batch;
}

/// The network and its kernel in V, at the points of the tasks.
class Network {
 public:
  Network(const Interpreter& interpreter, const ir::tp::Module& module)
      : u_(interpreter.state(ir::StateId(0))), v_(interpreter.state(ir::StateId(1))) {
    REQUIRE(module.states[1].name == "V");
  }

  /// n^{-1/2} tanh(U x) of every point.
  [[nodiscard]] std::vector<std::vector<double>> features(const std::vector<double>& points) const {
    std::vector<std::vector<double>> result;
    for (size_t i = 0; i < points.size(); i += inputs) {
      std::vector<double>& z = result.emplace_back(width);
      for (size_t j = 0; j < z.size(); ++j) {
        double u = 0.0;
        for (size_t d = 0; d < inputs; ++d) u += u_[d * width + j] * points[i + d];
        z[j] = std::tanh(u) / std::sqrt(static_cast<double>(width));
      }
    }
    return result;
  }

  void add_fields(const passes::FunctionSpace& space, Batch& batch) const {
    for (const passes::PointGroup& group : space.groups) {
      for (const auto& z : features(batch.fields.at(group.fields[0].data))) {
        for (size_t k = 0; k < outputs; ++k) batch.fields[group.values].push_back(dot(z, v_.data() + k * width));
      }
    }
    for (const passes::KernelBlock& block : space.blocks) {
      const auto rows = static_cast<size_t>(space.groups[block.group].rows);
      const auto columns = static_cast<size_t>(space.groups[block.other].rows);
      const auto left = features(batch.fields.at(space.groups[block.group].fields[0].data));
      const auto right = features(batch.fields.at(space.groups[block.other].fields[0].data));
      for (size_t b = 0; b < tasks; ++b) {
        for (size_t c = block.across ? 0 : b; c < (block.across ? size_t{tasks} : b + 1); ++c) {
          for (size_t i = 0; i < rows * columns; ++i) {
            batch.fields[block.field].push_back(
                dot(left[b * rows + i / columns], right[c * columns + i % columns].data()));
          }
        }
      }
    }
  }

 private:
  static double dot(const std::vector<double>& a, const double* b) {
    double sum = 0.0;
    for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  }
  std::vector<double> u_, v_;
};

void check_equal(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-10));
}

/// Outputs; and the gradient by V of the sum over the tasks, clipped, against the points that a step adds.
void check_against_network(const std::string& text, size_t moved_groups) {
  FunctionSpaceProgram made = in_function_space(text);
  passes::kernel::add_function_steps(made, std::get<ir::SgdSettings>(testing::checked_program(text).train->optimizer));
  const auto faults = ir::tp::verify(made.functions);
  REQUIRE_MESSAGE(faults.empty(), faults.front());
  CHECK(made.space.moved.size() == moved_groups);

  ir::tp::Module finite = passes::without_inner_gradients(lowering::lower(testing::checked_program(text)));
  passes::add_gradient(finite);
  Interpreter finite_network(finite, width, 5);
  Batch batch = random_tasks();
  const auto outputs_expected = finite_network.run(ir::FunctionRole::predict, batch).at("output");
  auto gradient = finite_network.run(ir::FunctionRole::gradient, batch).at("d.V");
  const double loss = finite_network.run(ir::FunctionRole::loss, batch).at("loss")[0];

  const Network network(finite_network, finite);
  network.add_fields(made.space, batch);
  batch.extents = {{"B", tasks}, {"i'", tasks}};
  Interpreter space(made.functions, width, 1);
  check_equal(space.run(ir::FunctionRole::predict, batch).at("output"), outputs_expected);
  CHECK(space.run(ir::FunctionRole::step, batch).at("loss")[0] == doctest::Approx(loss).epsilon(1e-12));

  double norm = 0.0;
  for (double& entry : gradient) entry *= static_cast<double>(tasks), norm += entry * entry;
  REQUIRE(std::sqrt(norm) > 0.05);
  std::vector<double> change(gradient.size(), 0.0);
  const auto changes = space.run(ir::FunctionKey("change"), batch);
  for (const size_t group : made.space.moved) {
    const std::vector<double>& c = changes.at(made.space.groups[group].place());
    const auto z = network.features(batch.fields.at(made.space.groups[group].fields[0].data));
    for (size_t i = 0; i < c.size(); ++i) {
      for (size_t j = 0; j < width; ++j) change[i % outputs * width + j] += c[i] * z[i / outputs][j];
    }
  }
  for (double& entry : gradient) entry *= -0.1 * 0.05 / std::sqrt(norm);
  check_equal(change, gradient);
}

}  // namespace

TEST_CASE("steps on values are the steps on the weights of a linear network") {
  check_against_network(program, 1);
  check_against_network(with("order = 1", "order = 2"), 2);
}

TEST_CASE("steps after steps, and values where nothing adapts") {
  const std::string twice = with("  return net(query.x)",
                                 "  adapt V = sgd(lr = 0.2) on cross_entropy(net(query.x), query.label)\n"
                                 "  return net(query.x)");
  check_against_network(twice, 1);
  const std::string none = with("steps = 3", "steps = 0");
  const FunctionSpaceProgram made = in_function_space(none);
  CHECK(made.space.blocks.empty());
  CHECK(made.space.groups.size() == 1);
}

TEST_CASE("what moves within tasks says which kernel is needed") {
  CHECK(in_function_space(program).space.kernels == std::vector<std::vector<std::string>>{{}, {"V"}});
  CHECK(in_function_space(with("adapt V = sgd", "adapt sgd")).space.kernels.size() == 1);
  const FunctionSpaceProgram made = in_function_space(program);
  REQUIRE(made.space.groups.size() == 2);
  CHECK(made.space.groups[0].rows + made.space.groups[1].rows == 6);
  for (const passes::KernelBlock& block : made.space.blocks) CHECK(block.kernel == 1);
}

TEST_CASE("a limit with tasks has functions of points and functions of tasks") {
  FunctionSpaceProgram made = in_function_space(program);
  const sema::Program checked = testing::checked_program(program);
  sema::Program network = sema::network_of(checked, checked.row_functions.front());
  CHECK(network.inputs == std::vector<std::string>{"x"});
  network.train = checked.train;
  network.train->loss = network.network.body;
  const sema::TermId output = network.train->loss.result;
  const sema::Term f = network.train->loss.at(output);
  network.train->loss.terms.push_back({sema::LossTerm{sema::Loss::mse, output, output, false}, {}, f.rows, "", {}});
  network.train->loss.result = sema::TermId(network.train->loss.terms.size() - 1);
  network.train->loss_fields = network.inputs;
  ir::tp::Module step = lowering::lower(network);
  passes::add_gradient(step);
  passes::add_sgd_step(step, ir::SgdSettings::constant(1));
  const auto derived = passes::derive_task_kernel(step, passes::analyze_width(step), checked.train->optimizer, made);
  const auto* failure = std::get_if<passes::LimitFailure>(&derived);
  REQUIRE_MESSAGE(failure == nullptr, failure->message);
  const auto& limit = std::get<ir::limit::Module>(derived);
  CHECK(ir::limit::verify(limit).empty());
  CHECK(passes::has_tasks(limit));
  CHECK(passes::pair_functions(limit) == std::vector<ir::FunctionKey>{ir::FunctionRole::kernel});
  CHECK(limit.find(ir::FunctionRole::kernel)->results.size() == 3);  // all weights, V, the covariance
  CHECK(passes::task_functions(limit).find(ir::FunctionRole::kernel) == nullptr);
  CHECK(passes::without_unknown_sizes(limit).functions.size() == 1);
}

TEST_CASE("weights that are used outside of the network, and points that are computed") {
  CHECK(failure_of(with("return net(query.x)", "return net(query.x) + V @ tanh(U @ query.x)"))
            .ends_with("` is used outside of the one function of single rows whose values training moves"));
  CHECK(failure_of(with("return net(query.x)", "return net(2 * query.x)"))
            .starts_with("within tasks, the network is not called on the data's own field `x`"));
}

TEST_CASE("momentum is refused") {
  FunctionSpaceProgram made = in_function_space(program);
  ir::SgdSettings sgd = ir::SgdSettings::constant(1);
  sgd.momentum = 0.9;
  CHECK_THROWS(passes::kernel::add_function_steps(made, sgd));
}

TEST_CASE("weights after steps are told by their gradients") {
  const lowering::WithCalls lowered = lowering::lower_with_calls(testing::checked_program(program), "net");
  const ir::tp::Function& predict = *lowered.module.find(ir::FunctionRole::predict);
  size_t most = 0;
  for (const auto& weight : passes::kernel::moved_weights(predict)) {
    if (!weight || weight->moves.empty()) continue;
    most = std::max(most, weight->moves.size());
    CHECK(lowered.module.state(weight->state).name == "V");
    CHECK(weight->moves[0].rate == doctest::Approx(-0.7));
    CHECK(weight->moves[0].stopped);
  }
  CHECK(most == 3);
}
