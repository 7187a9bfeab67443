#include "evaluation/data/batches.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

using namespace tpc::evaluation;

TEST_CASE("batches walk the rows in order and wrap around") {
  BatchOrder order(5, 2, {});
  CHECK(order.rows(0) == std::vector<int64_t>{0, 1});
  CHECK(order.rows(1) == std::vector<int64_t>{2, 3});
  CHECK(order.rows(2) == std::vector<int64_t>{4, 0});
  CHECK(order.rows(3) == std::vector<int64_t>{1, 2});
  CHECK(order.epochs(0) == std::vector<int64_t>{0, 0});
  CHECK(order.epochs(2) == std::vector<int64_t>{0, 1});
  CHECK(order.epochs(3) == std::vector<int64_t>{1, 1});
}

TEST_CASE("a full batch is all rows, every step") {
  BatchOrder order(3, 3, {});
  CHECK(order.rows(0) == std::vector<int64_t>{0, 1, 2});
  CHECK(order.rows(7) == std::vector<int64_t>{0, 1, 2});
}

TEST_CASE("shuffled batches see every row once an epoch, in another order each epoch") {
  BatchOrder order(20, 4, 1);
  std::vector<std::vector<int64_t>> epochs(2);
  for (int64_t step = 0; step < 10; ++step) {
    const auto rows = order.rows(step);
    auto& epoch = epochs[static_cast<size_t>(step / 5)];
    epoch.insert(epoch.end(), rows.begin(), rows.end());
  }
  CHECK(epochs[0] != epochs[1]);
  std::vector<int64_t> all(20);
  std::iota(all.begin(), all.end(), 0);
  for (auto& epoch : epochs) {
    CHECK(epoch != all);
    std::sort(epoch.begin(), epoch.end());
    CHECK(epoch == all);
  }
}

TEST_CASE("a shuffled batch across two epochs takes from both permutations") {
  BatchOrder order(5, 3, 9);
  const auto first = epoch_permutation(5, 9, 0);
  const auto second = epoch_permutation(5, 9, 1);
  CHECK(order.rows(1) == std::vector<int64_t>{first[3], first[4], second[0]});
}

TEST_CASE("permutations depend on the seed and the epoch only") {
  CHECK(epoch_permutation(50, 3, 2) == epoch_permutation(50, 3, 2));
  CHECK(epoch_permutation(50, 3, 2) != epoch_permutation(50, 4, 2));
  CHECK(epoch_permutation(50, 3, 2) != epoch_permutation(50, 3, 3));
  // The same on every machine and with every standard library: the value is part of the program's behaviour.
  CHECK(epoch_permutation(6, 1, 0) == std::vector<int64_t>{0, 3, 5, 1, 2, 4});
}

TEST_CASE("every permutation is equally likely") {
  // 6 permutations of three rows over 6000 epochs; a chi-square with 5 degrees of freedom stays under 25.7 but once in
  // 10^4 seeds.
  int counts[27] = {};
  for (int64_t epoch = 0; epoch < 6000; ++epoch) {
    const auto order = epoch_permutation(3, 1, epoch);
    ++counts[order[0] * 9 + order[1] * 3 + order[2]];
  }
  double chi_square = 0.0;
  int seen = 0;
  for (int count : counts) {
    if (count == 0) continue;
    ++seen;
    chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  }
  CHECK(seen == 6);
  CHECK(chi_square < 25.7);
}

TEST_CASE("steps of a plan") {
  tpc::sema::TrainPlan plan;
  plan.steps = 7;
  CHECK(step_count(plan, 100) == 7);
  plan.steps = {};
  plan.epochs = 3;
  CHECK(step_count(plan, 100) == 3);  // full batch
  plan.batch = 28;
  CHECK(step_count(plan, 1400) == 150);
  CHECK(step_count(plan, 100) == 11);  // 300 examples, 28 at a time
  CHECK(epoch_start(0, 100, 28) == 0);
  CHECK(epoch_start(1, 100, 28) == 4);
}
