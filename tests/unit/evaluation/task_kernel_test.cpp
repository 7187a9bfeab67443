// Programs that adapt to tasks in the kernel regime, as runs: f is an expansion in the points that training met.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "driver/session.h"
#include "driver/settings.h"
#include "driver_support.h"
#include "evaluation/compiled/machine_code.h"
#include "evaluation/kernel/kernel_expansion.h"
#include "evaluation/kernel/kernel_run.h"
#include "passes/kernel/pair_functions.h"
#include "sources/files.h"

using namespace tpc::driver;
using namespace tpc::evaluation;

namespace {

/// Four classes of three items, two numbers each.
void write_items(const std::string& path) {
  std::vector<double> values;
  for (int i = 0; i < 24; ++i) values.push_back(std::sin(1.7 * i) + (i % 2 == 0 ? 0.2 : -0.4) * (i / 6));
  std::ofstream(path, std::ios::binary) << npy_bytes("<f8", "(4, 3, 2)", values);
}

const std::string program = R"(model small
width n
dim d = 2
dim k = 2
param U : [n, d] init normal(std = 1)
param V : [k, n] init normal(std = 1)
def net(x : [d]) -> [k] { return V @ relu(U @ x) }
def adapted(support, query, steps) {
  adapt sgd(lr = 0.3, steps = steps, order = ORDER) on cross_entropy(net(support.x), support.label)
  return net(query.x)
}
data items : x[d], class = npy("items.npy", axes = [class, item])
data train : support(x[d], label), query(x[d], label) = episodes(items, ways = k, shots = 1, queries = 2, seed = 1)
data test : support(x[d], label), query(x[d], label) = episodes(items, ways = k, shots = 2, count = 40, seed = 2)
train {
  data = train
  loss = cross_entropy(adapted(support, query, 1), query.label)
  optimizer = sgd(lr = cosine(0.2, to = 0.1), clip = 0.3)
  batch = 3
  steps = 5
}
observe adapted(support, query, 3) on test
observe net(query.x) on test
observe cross_entropy(adapted(support, query, 3), query.label) on test
parametrization ntp
)";

std::optional<KernelRun> run_program(const std::string& text, const Options& given = {}) {
  const TemporaryFolder folder;
  Options options = given;
  options.file = folder.file("small.tp", text);
  write_items(folder.path() + "/items.npy");
  const auto session = start_session(options, Stage::limit);
  REQUIRE(session != nullptr);
  const DerivedProgram derived = session->derived();
  REQUIRE(derived.tasks != nullptr);
  SilentMonitor monitor;
  return run_kernel(
      session->problem(monitor),
      {derived.finite_width, derived.limit, *derived.random_limit, *derived.without_formula, derived.tasks},
      evaluation_settings(options));
}

std::string of_order(int order) {
  std::string text = program;
  return text.replace(text.find("ORDER"), 5, std::to_string(order));
}

}  // namespace

TEST_CASE("values that are brought up to date are those of the whole expansion") {
  for (int order : {1, 2}) {
    Options all, last;
    all.record.rule = RecordRule::all;
    last.record.rule = RecordRule::final_step;
    const auto run = run_program(of_order(order), all), once = run_program(of_order(order), last);
    REQUIRE(run.has_value());
    REQUIRE(once.has_value());
    CHECK(run->result.points <= 12);  // of the items, however often they were met
    CHECK(run->result.tasks);
    CHECK(run->result.nngp.has_value());
    CHECK(run->trajectory.loss.mean == once->trajectory.loss.mean);
    REQUIRE(run->trajectory.observed.size() == 3);
    for (size_t i = 0; i < 3; ++i) {
      const auto& values = run->trajectory.observed[i].values.mean;
      const auto& at_end = once->trajectory.observed[i].values.mean;
      REQUIRE(values.size() == 6 * at_end.size());
      for (size_t j = 0; j < at_end.size(); ++j) {
        CHECK(values[5 * at_end.size() + j] == doctest::Approx(at_end[j]).epsilon(1e-12));
      }
    }
    const auto& f = run->trajectory.observed[1].values.mean;  // from the function 0
    CHECK(f.front() == 0.0);
    CHECK(f.back() != 0.0);
  }
}

TEST_CASE("f is the same whether its kernel is remembered, cannot be any more, or never was") {
  const TemporaryFolder folder;
  Options options;
  options.file = folder.file("small.tp", of_order(1));
  write_items(folder.path() + "/items.npy");
  const auto session = start_session(options, Stage::limit);
  REQUIRE(session != nullptr);
  tpc::diag::Engine diagnostics;
  const auto model = compile_to_memory(
      tpc::passes::pair_function(session->derived().limit, tpc::ir::FunctionRole::kernel), {}, diagnostics);
  REQUIRE(model.has_value());
  const KernelFunction kernel(*model->descriptor(), LimitSettings{});
  const Batch first{3, {{"x", {1.0, 0.2, -0.4, 0.9, 1.0, 0.2}}}}, second{2, {{"x", {0.3, -0.8, -0.4, 0.9}}}};
  const std::vector<double> changes = {0.5, -0.125, 0.25, 0.375, 0.125, -0.75}, later = {0.5, 0.625, -0.25, 0.125};
  std::vector<std::vector<double>> found, blocks;
  for (double most_bytes : {1e9, 5 * 8.0, 0.0}) {  // 5 numbers: the pairs of two points, not of three
    CAPTURE(most_bytes);
    KernelExpansion expansion(kernel, 2, most_bytes);
    const std::vector<size_t> met = expansion.meet(first);
    CHECK(met == std::vector<size_t>{0, 1, 0});
    CHECK(expansion.values(met) == std::vector<double>(6, 0.0));
    expansion.add(met, changes);
    const std::vector<size_t> others = expansion.meet(second);
    CHECK(others == std::vector<size_t>{2, 1});
    const std::vector<double> before = expansion.coefficients();
    expansion.add(others, later);
    CHECK(expansion.terms() == 3);
    CHECK(expansion.coefficients() == std::vector<double>{0.625, -0.875, 0.0, 0.5, 0.5, 0.625});
    found.push_back(expansion.values(expansion.meet(second)));
    blocks.push_back(expansion.kernel(met, others));
    std::vector<double> at_once(4), in_two(4);
    expansion.add_change(second, {}, at_once.data());
    for (const auto* from : {&before, &expansion.coefficients()}) expansion.add_change(second, *from, in_two.data());
    KernelExpansion start(kernel, 2, most_bytes);
    start.add(start.meet(first), changes);
    start.add_change(second, {}, in_two.data());
    for (size_t i = 0; i < 4; ++i) {
      CHECK(at_once[i] == doctest::Approx(found.back()[i]).epsilon(1e-12));
      CHECK(in_two[i] == doctest::Approx(at_once[i]).epsilon(1e-12));
      CHECK(found.back()[i] == doctest::Approx(found.front()[i]).epsilon(1e-12));
    }
    for (size_t i = 0; i < 6; ++i) CHECK(blocks.back()[i] == doctest::Approx(blocks.front()[i]).epsilon(1e-12));
  }
}

TEST_CASE("a field of the whole task is one of all its points") {
  const tpc::passes::PointGroup group{{{"x", "query.x", true}, {"z", "z", false}}, 2, "f"};
  const Batch examples{2, {{"query.x", {1, 2, 3, 4}}, {"z", {5, 6, 7, 8}}}};
  const Batch points = points_of(group, examples);
  CHECK(points.count == 4);
  CHECK(points.fields.at("x") == std::vector<double>{1, 2, 3, 4});
  CHECK(points.fields.at("z") == std::vector<double>{5, 6, 5, 6, 7, 8, 7, 8});
  CHECK(slice_of(points, 1, 3).fields.at("z") == std::vector<double>{5, 6, 7, 8});
}
