#include "evaluation/training/train.h"

#include <doctest/doctest.h>

#include <limits>

#include "evaluation/training/accuracy.h"

using namespace tpc::evaluation;
namespace ir = tpc::ir;
namespace sema = tpc::sema;
namespace diag = tpc::diag;

namespace {

/// Remembers what it was asked for; the loss is the number of steps done, outputs count steps and examples.
class FakeEvaluator : public Evaluator {
 public:
  ReplicaValues step(const TrainingBatch& batch) override {
    batches.push_back(batch.values.fields.at("x"));
    rows.push_back(batch.rows);
    if (steps == diverges_at) return {1, 1, {std::numeric_limits<double>::quiet_NaN()}};
    return {2, 1, {static_cast<double>(steps), static_cast<double>(steps++)}};
  }
  ReplicaValues loss(const TrainingBatch&) override { return {2, 1, {last_loss, last_loss}}; }
  ReplicaValues evaluate(const ir::FunctionKey&, const LoadedSet& set) override {
    ReplicaValues values{2, static_cast<size_t>(set.count), {}};
    for (size_t i = 0; i < 2 * values.numbers; ++i) values.values.push_back(static_cast<double>(steps));
    if (steps == outputs_fail_at) values.values.back() = std::numeric_limits<double>::quiet_NaN();
    return values;
  }
  [[nodiscard]] bool starts_at_zero() const override { return zero_start; }
  std::vector<std::vector<double>> batches;
  std::vector<std::vector<int64_t>> rows;
  int64_t steps = 0;
  int64_t diverges_at = -1;
  int64_t outputs_fail_at = -1;
  bool zero_start = false;
  double last_loss = 100.0;
};

/// Counts the reports; asks to stop once `stop_after` steps are done.
class CountingWatch final : public Watch {
 public:
  explicit CountingWatch(int64_t stop_after = -1) : stop_after_(stop_after) {}
  void update(int64_t done) override { CHECK(done == ++updates); }
  [[nodiscard]] bool stop_requested() const override { return updates == stop_after_; }
  int64_t updates = 0;

 private:
  int64_t stop_after_;
};

struct Fixture {
  sema::Program program;
  std::vector<LoadedSet> sets;
  diag::Engine diagnostics;

  Fixture() {
    program.network.body.terms.push_back({sema::NumberTerm{}, {}, {}, "", {}});
    program.network.body.result = sema::TermId(0);
    sets.push_back({"train", 3, {{"x", 1, {10, 20, 30}}, {"y", 1, {0, 1, 0}}}});
    sets.push_back({"test", 2, {{"x", 1, {40, 50}}}});
    sets.push_back({"labels_only", 2, {{"y", 1, {0, 1}}}});
    for (const LoadedSet& set : sets) {
      sema::DataSet& declared = program.data_sets.emplace_back();
      declared.name = set.name;
      for (const LoadedField& field : set.fields) declared.fields.push_back({.name = field.name});
    }
    program.inputs = {"x"};
    program.output_size = 1;
    sema::TrainPlan plan;
    plan.data = "train";
    plan.batch = 2;
    plan.steps = 3;
    plan.target_field = "y";
    program.train = plan;
  }
  TrainingPlan plan(RecordOption record = {}) { return plan_training(program, sets, record, diagnostics); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "losses, batches and records of a run") {
  FakeEvaluator evaluator;
  CountingWatch watch;
  const TrainingPlan training = plan();
  const Trajectory run = train(evaluator, training, watch);
  CHECK(watch.updates == 3);
  CHECK(evaluator.batches == std::vector<std::vector<double>>{{10, 20}, {30, 10}, {20, 30}});
  CHECK(evaluator.rows == std::vector<std::vector<int64_t>>{{0, 1}, {2, 0}, {1, 2}});
  CHECK(run.loss.mean == std::vector<double>{0, 1, 2, 100});  // the last: without training on it
  CHECK(run.steps_recorded == std::vector<int64_t>{0, 1, 2, 3});
  REQUIRE(run.outputs.size() == 2);  // by default every set with the network's inputs
  CHECK(run.outputs[0].name == "train");
  CHECK(run.outputs[0].values.mean == std::vector<double>{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3});
  CHECK(run.outputs[1].values.mean == std::vector<double>{0, 0, 1, 1, 2, 2, 3, 3});
  CHECK(run.accuracy.empty());  // squared loss
  CHECK(!run.interrupted);
}

TEST_CASE_FIXTURE(Fixture, "observations by name; accuracy of a classifier on sets with labels") {
  program.train->classifies = true;
  program.train->class_index = true;
  program.output_size = 1;
  program.observations.push_back({.kind = sema::ObservationKind::outputs,
                                  .text = "net(x)",
                                  .function = ir::FunctionRole::predict,
                                  .data_sets = {"train", "test"}});
  program.observations.push_back({.kind = sema::ObservationKind::gram,
                                  .text = "gram(z)",
                                  .function = {ir::FunctionRole::observe, 1},
                                  .data_sets = {"test"}});
  const TrainingPlan training = plan({RecordRule::final_step, 1});
  REQUIRE(training.observed.size() == 1);
  CHECK(training.observed[0].name == "gram(z) on test");
  CHECK(training.observed[0].shape == std::vector<int64_t>{2, 2});
  FakeEvaluator evaluator;
  CountingWatch watch;
  const Trajectory run = train(evaluator, training, watch);
  CHECK(run.steps_recorded == std::vector<int64_t>{3});
  REQUIRE(run.accuracy.size() == 1);
  CHECK(run.accuracy[0].name == "train");
}

TEST_CASE_FIXTURE(Fixture, "the accuracy of an output that is exactly 0 before training is that of chance") {
  program.train->classifies = true;
  program.train->class_index = true;
  const TrainingPlan training = plan();
  FakeEvaluator evaluator;
  evaluator.zero_start = true;
  CountingWatch watch;
  TrainingPlan of_two = training;
  of_two.outputs = 2;
  of_two.predicted.resize(1);
  of_two.recorded = {0};
  const Trajectory run = train(evaluator, of_two, watch);
  CHECK(run.starts_by_chance);
  CHECK(run.accuracy[0].values.mean == std::vector<double>{0.5});
  CHECK(run.accuracy[0].values.error == std::vector<double>{0.0});
}

TEST_CASE_FIXTURE(Fixture, "a batch larger than its data is an error") {
  program.train->batch = 4;
  plan();
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].kind == diag::Kind::batch_too_large);
}

TEST_CASE_FIXTURE(Fixture, "recording without bound is an error") {
  program.train->steps = 30'000'000;
  plan({RecordRule::all, 1});
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].kind == diag::Kind::record_too_large);
}

TEST_CASE_FIXTURE(Fixture, "a loss that is not finite ends the run and says at which step") {
  FakeEvaluator evaluator;
  evaluator.diverges_at = 2;
  CountingWatch watch;
  const TrainingPlan training = plan();
  const Trajectory run = train(evaluator, training, watch);
  REQUIRE(run.diverged);
  CHECK(run.diverged->step == 2);
  CHECK(run.diverged->what == "the loss is no longer finite");
  CHECK(!run.complete());
  CHECK(run.loss.mean == std::vector<double>{0, 1});  // what came before is kept
  CHECK(run.steps_recorded == std::vector<int64_t>{0, 1, 2});
}

TEST_CASE_FIXTURE(Fixture, "the loss after the last step is checked too, and has its step") {
  FakeEvaluator evaluator;
  evaluator.last_loss = std::numeric_limits<double>::infinity();
  CountingWatch watch;
  const TrainingPlan training = plan();
  const Trajectory run = train(evaluator, training, watch);
  REQUIRE(run.diverged);
  CHECK(run.diverged->step == 3);
  CHECK(run.loss.mean == std::vector<double>{0, 1, 2});
}

TEST_CASE_FIXTURE(Fixture,
                  "a loss that has grown out of all proportion is a divergence, where growth is not expected") {
  FakeEvaluator evaluator;
  evaluator.last_loss = 5e43;
  CountingWatch watch;
  TrainingPlan training = plan();
  const Trajectory run = train(evaluator, training, watch);
  REQUIRE(run.diverged);
  CHECK(run.diverged->step == 3);
  CHECK(run.diverged->what == "the loss has grown to 5e+43, from 0");
  CHECK(run.loss.mean.size() == 4);  // it is a number
  training.growth_expected = true;
  FakeEvaluator unstable;
  unstable.last_loss = 5e43;
  CountingWatch other_watch;
  CHECK(train(unstable, training, other_watch).complete());
}

TEST_CASE_FIXTURE(Fixture, "outputs that are not finite end the run before anything of their step is recorded") {
  FakeEvaluator evaluator;
  evaluator.outputs_fail_at = 1;
  CountingWatch watch;
  const TrainingPlan training = plan();
  const Trajectory run = train(evaluator, training, watch);
  REQUIRE(run.diverged);
  CHECK(run.diverged->step == 1);
  CHECK(run.diverged->what == "an output on `train` is no longer finite");
  CHECK(run.steps_recorded == std::vector<int64_t>{0});
  CHECK(run.outputs[0].values.mean.size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a request to stop: the step at work is finished, what there is is kept") {
  FakeEvaluator evaluator;
  CountingWatch watch(2);
  const TrainingPlan training = plan();
  const Trajectory run = train(evaluator, training, watch);
  CHECK(run.interrupted);
  CHECK(run.loss.mean == std::vector<double>{0, 1});
  CHECK(run.steps_recorded == std::vector<int64_t>{0, 1});
  CHECK(run.outputs[1].values.mean.size() == 4);
}

TEST_CASE("accuracy from class indices and from probability rows") {
  const ReplicaValues outputs{2, 6, {0.1, 0.7, 0.2, 0.9, 0.0, 0.1, 0.5, 0.1, 0.4, 0.0, 0.2, 0.8}};
  const ReplicaValues by_index = accuracy(outputs, {{1, 0}, 1}, 3);
  CHECK(by_index.values == std::vector<double>{1.0, 0.0});
  const ReplicaValues by_row = accuracy(outputs, {{0, 1, 0, 0, 0, 1}, 3}, 3);
  CHECK(by_row.values == std::vector<double>{0.5, 0.5});
}
