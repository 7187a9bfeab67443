// Tasks: drawn, replayed, and by groups of rows.
#include "evaluation/sources/episodes.h"

#include <cmath>
#include <map>
#include <set>

#include "evaluation/sources/array_classes.h"
#include "evaluation/sources/draws.h"
#include "evaluation/sources/replayed_episodes.h"
#include "evaluation/sources/table_groups.h"
#include "files.h"

using namespace tpc::evaluation;

namespace {

using Source = std::shared_ptr<const GroupedExamples>;
using List = std::unique_ptr<const Episodes>;

/// `classes` classes of `items` images of one number, 100 * class + item.
Source grid(const Folder& folder, int classes, int items, std::int64_t turns = 1) {
  std::vector<std::int16_t> values;
  for (int c = 0; c < classes; ++c) {
    for (int i = 0; i < items; ++i) values.push_back(static_cast<std::int16_t>(100 * c + i));
  }
  const std::string shape = "(" + std::to_string(classes) + ", " + std::to_string(items) + ", 1, 1)";
  ArrayClassesSource source;
  source.field = "x";
  source.array = folder.file("grid.npy", npy_bytes("<i2", shape, values));
  source.turns = turns;
  return std::make_shared<const ArrayClasses>(value_of(ArrayClasses::load(source)));
}

List sampled(const Source& source, const SampledEpisodes& settings) {
  return value_of(sample_episodes(source, settings));
}

std::string text(const Episode& episode) {
  std::string result;
  for (const auto* part : {&episode.support, &episode.query}) {
    for (const EpisodeRow& row : *part) {
      result += std::to_string(row.group) + "." + std::to_string(row.item) + "=" + std::to_string(row.label) + " ";
    }
    result += "| ";
  }
  return result;
}

std::string text(const Episodes& episodes, std::int64_t t) {
  Episode episode;
  episodes.make(t, episode);
  return text(episode);
}

}  // namespace

TEST_CASE("drawn tasks: different classes, different examples, labels a permutation, the same in both parts") {
  const Folder folder;
  const Source source = grid(folder, 7, 6);
  const List episodes = sampled(source, {4, 2, 3, 11, std::nullopt});
  CHECK(episodes->support_rows() == 8);
  CHECK(episodes->query_rows() == 12);
  CHECK(episodes->ways() == 4);
  CHECK(episodes->count() == std::nullopt);
  Episode episode;
  for (std::int64_t t = 0; t < 200; ++t) {
    episodes->make(t, episode);
    REQUIRE(episode.support.size() == 8);
    REQUIRE(episode.query.size() == 12);
    std::map<std::int64_t, std::int64_t> label_of;
    std::set<std::int64_t> labels;
    std::set<std::pair<std::int64_t, std::int64_t>> seen;
    for (const auto* part : {&episode.support, &episode.query}) {
      for (const EpisodeRow& row : *part) {
        CHECK(label_of.try_emplace(row.group, row.label).first->second == row.label);
        labels.insert(row.label);
        CHECK(seen.insert({row.group, row.item}).second);
      }
    }
    CHECK(label_of.size() == 4);
    CHECK(labels == std::set<std::int64_t>{0, 1, 2, 3});
  }
}

TEST_CASE("a task is a function of seed and number alone") {
  const Folder folder;
  const Source source = grid(folder, 50, 20);
  const List a = sampled(source, {5, 1, 1, 1, std::nullopt}), b = sampled(source, {5, 1, 1, 1, 10});
  const List other = sampled(source, {5, 1, 1, 2, std::nullopt});
  CHECK(b->count() == 10);
  std::set<std::string> different;
  for (std::int64_t t = 999; t >= 0; --t) {
    CHECK(text(*a, t) == text(*b, t));
    different.insert(text(*a, t));
    different.insert(text(*other, t));
  }
  CHECK(different.size() == 2000);
  CHECK(!text(*a, std::int64_t{1} << 40).empty());
}

TEST_CASE("classes, examples and labels are uniform") {
  const Folder folder;
  const List episodes = sampled(grid(folder, 6, 4), {3, 1, 1, 5, std::nullopt});
  constexpr int tasks = 12000;
  std::map<std::vector<std::int64_t>, int> ordered, labels, items;
  Episode episode;
  for (int t = 0; t < tasks; ++t) {
    episodes->make(t, episode);
    const auto &s = episode.support, &q = episode.query;
    ++ordered[{s[0].group, s[1].group, s[2].group}];
    ++labels[{s[0].label, s[1].label, s[2].label}];
    ++items[{s[1].item, q[1].item}];
  }
  const auto chi_squared = [&](const auto& counts, std::size_t cells) {
    REQUIRE(counts.size() == cells);
    const double expected = static_cast<double>(tasks) / static_cast<double>(cells);
    double sum = 0.0;
    for (const auto& [key, count] : counts) sum += (count - expected) * (count - expected) / expected;
    return sum;
  };
  // Mean and 5 standard deviations of chi squared with (cells - 1) degrees of freedom.
  CHECK(chi_squared(ordered, 120) < 119 + 5 * std::sqrt(2.0 * 119));
  CHECK(chi_squared(labels, 6) < 5 + 5 * std::sqrt(2.0 * 5));
  CHECK(chi_squared(items, 12) < 11 + 5 * std::sqrt(2.0 * 11));
}

TEST_CASE("numbers below a bound are exactly uniform where the bound is no power of two") {
  Draws draws(3, DrawPurpose::episode, 0);
  const std::uint64_t bound = (std::uint64_t{3} << 62);  // a quarter of the numbers would be favoured by a remainder
  int low = 0;
  for (int i = 0; i < 30000; ++i) low += draws.below(bound) < bound / 3 ? 1 : 0;
  CHECK(std::abs(low - 10000) < 5 * std::sqrt(30000 * 2.0 / 9));
}

TEST_CASE("tasks that cannot be drawn") {
  const Folder folder;
  const Source source = grid(folder, 3, 4, 1);
  const auto error = [&](const SampledEpisodes& settings) { return error_of(sample_episodes(source, settings)); };
  CHECK(error({4, 1, 1, 1, {}}) == "grid.npy:0:0 has 3 classes; a task cannot have 4 of them");
  CHECK(error({0, 1, 1, 1, {}}) == "grid.npy:0:0 has 3 classes; a task cannot have 0 of them");
  CHECK(error({2, 3, 2, 1, {}}) == "grid.npy:0:0 class 0 has 4 examples, fewer than the 3 + 2 a task takes from it");
  CHECK(error({2, INT64_MAX, 2, 1, {}}).find("class 0 has 4 examples") != std::string::npos);
  CHECK(error({2, 0, 2, 1, {}}) == "grid.npy:0:0 a task has at least one row to learn from and one to be judged by");
  CHECK(error({2, 1, 1, 1, 0}) == "grid.npy:0:0 there must be at least one task, not 0");
  CHECK(error({3, 3, 1, 1, {}}) == "no error");
}

TEST_CASE("rows with one value of a field are a task") {
  const std::vector<TableField> fields = {{"user", 1, {7, 3, 7, 7, 3, 3}},
                                          {"x", 2, {0, 1, 10, 11, 20, 0, 30, 31, 40, 41, 50, 51}}};
  const auto source = std::make_shared<const TableGroups>(value_of(TableGroups::make("t.csv", fields, "user")));
  CHECK(source->groups() == 2);
  CHECK(source->name(0) == "user 7");
  CHECK(source->find_group(3, 0) == 1);
  const List in_order = value_of(group_episodes(source, {2, 1, {}, {}}));
  CHECK(in_order->count() == 2);
  CHECK(text(*in_order, 0) == "0.0=0 0.1=0 | 0.2=0 | ");
  CHECK(text(*in_order, 1) == "1.0=0 1.1=0 | 1.2=0 | ");
  Episode episode;
  in_order->make(0, episode);
  std::vector<double> x(4);
  fetch_rows(*source, 1, episode.support, x.data());
  CHECK(x == std::vector<double>{0, 1, 20, 0});

  const List drawn = value_of(group_episodes(source, {1, 1, 4, 100}));
  std::set<std::string> different;
  for (std::int64_t t = 0; t < 100; ++t) {
    CHECK(text(*drawn, t).substr(0, 2) == (t % 2 == 0 ? "0." : "1."));
    different.insert(text(*drawn, t));
  }
  CHECK(different.size() == 12);  // 2 groups of 3 * 2 ordered pairs
  CHECK(error_of(group_episodes(source, {3, 1, {}, {}})) ==
        "t.csv:0:0 user 7 has 3 examples, fewer than the 3 + 1 a task takes from it");
  CHECK(error_of(TableGroups::make("t.csv", fields, "z")) == "t.csv:0:0 has no field `z` to group rows by");
  CHECK(error_of(TableGroups::make("t.csv", fields, "x")) == "t.csv:0:0 rows are grouped by one number; `x` has more");
}

TEST_CASE("replayed tasks") {
  const Folder folder;
  const Source source = grid(folder, 3, 4, 2);
  const std::string path = folder.file("e.csv",
                                       "batch,task,part,position,class,item,turn,label\n"
                                       "0,0,support,0,2,3,1,0\n0,0,query,0,2,1,1,0\n"
                                       "1,0,support,0,0,0,0,1\n\n1,0,query,0,1,0,0,0\n");
  const ReplayedEpisodes replayed = value_of(replay_episodes(source, path));
  CHECK(replayed.tasks_per_batch == 1);
  CHECK(replayed.episodes->count() == 2);
  CHECK(replayed.episodes->ways() == 2);
  CHECK(text(*replayed.episodes, 0) == "5.3=0 | 5.1=0 | ");
  CHECK(text(*replayed.episodes, 1) == "0.0=1 | 2.0=0 | ");
}

TEST_CASE("what is wrong with lists of tasks, by line") {
  const Folder folder;
  const Source source = grid(folder, 3, 4, 2);
  const std::string header = "batch,task,part,position,class,item,turn,label\n";
  const std::string good = "0,0,support,0,0,0,0,0\n0,0,query,0,0,1,0,0\n";
  const auto error = [&](const std::string& rows) {
    return error_of(replay_episodes(source, folder.file("e.csv", header + rows), 2));
  };
  CHECK(error("0,0,support,0,3,0,0,0\n") == "e.csv:2:5 class 3 is not among the classes of grid.npy");
  CHECK(error("0,0,support,0,0,0,2,0\n") == "e.csv:2:7 class 0 with turn 2 is not among the classes of grid.npy");
  CHECK(error("0,0,support,0,0,4,0,0\n") == "e.csv:2:6 class 0 has no item 4 in grid.npy");
  CHECK(error("0,0,support,0,0,0,0,2\n") == "e.csv:2:8 label 2 is not in 0..1");
  CHECK(error("0,0,support,1,0,0,0,0\n") == "e.csv:2:4 position 1 of support where 0 is expected");
  CHECK(error("0,0,train,0,0,0,0,0\n") == "e.csv:2:3 'train' is not support or query");
  CHECK(error("0,0,support,0,0,0,0,x\n") == "e.csv:2:8 'x' is not a whole number");
  CHECK(error("0,0,support,0,0,0,0\n") == "e.csv:2:0 7 columns, but 8 are expected");
  CHECK(error("1,0,support,0,0,0,0,0\n") == "e.csv:2:1 task 0 of batch 1 is not the first, task 0 of batch 0");
  CHECK(error("-1,-1,support,0,0,0,0,0\n") == "e.csv:2:2 task -1 of batch -1 is not the first, task 0 of batch 0");
  CHECK(error("0,0,support,0,0,0,0,0\n") == "e.csv:2:0 task 0 of batch 0 has no query rows");
  CHECK(error("0,0,query,0,0,0,0,0\n0,1,query,0,0,0,0,0\n") == "e.csv:2:0 task 0 of batch 0 has no support rows");
  CHECK(error(good + "0,2,support,0,0,0,0,0\n") == "e.csv:4:2 task 2 of batch 0 does not follow task 0 of batch 0");
  CHECK(error(good + "0,1,support,0,0,0,0,0\n0,1,query,0,0,0,0,0\n0,1,query,1,0,0,0,0\n") ==
        "e.csv:6:0 task 1 of batch 0 has 2 query rows, the first task 1");
  const auto task = [](const std::string& place) {
    return place + ",support,0,0,0,0,0\n" + place + ",query,0,0,1,0,0\n";
  };
  CHECK(error(task("0,0") + task("0,1") + task("1,0") + task("2,0")) == "e.csv:7:0 batch 1 has 1 tasks, batch 0 2");
  CHECK(error(task("0,0") + task("0,1") + task("1,0")) == "e.csv:7:0 batch 1 has 1 tasks, batch 0 2");
  CHECK(error("") == "e.csv:1:0 has no tasks");
  CHECK(error_of(replay_episodes(source, folder.file("e.csv", "batch,task\n0,0\n"))) ==
        "e.csv:1:0 no column `part`; there are `batch`, `task`");
}

TEST_CASE("the shared lists of tasks: the same pixels from the whole array and from the subset by row") {
  const auto all = shared_file("data/omniglot28.npy"), some = shared_file("golden/experiments/omniglot_subset.npy");
  const auto rows = shared_file("golden/experiments/omniglot_subset.csv");
  const auto train = shared_file("golden/experiments/episodes_5way_1shot_seed101.csv");
  const auto test = shared_file("golden/experiments/episodes_5way_1shot_seed101_eval.csv");
  if (!all || !some || !rows || !train || !test) return;
  const std::vector<std::string> axes = {"class", "item"};
  const Source whole = std::make_shared<const ArrayClasses>(value_of(ArrayClasses::load({"x", *all, axes, "", {}, 4})));
  const Source subset =
      std::make_shared<const ArrayClasses>(value_of(ArrayClasses::load({"x", *some, axes, *rows, {}, 4})));
  for (const auto& [path, tasks, per_batch] : {std::tuple(*train, 32, 8), std::tuple(*test, 2, 2)}) {
    const ReplayedEpisodes a = value_of(replay_episodes(whole, path, 5)), b = value_of(replay_episodes(subset, path));
    CHECK(a.episodes->count() == tasks);
    CHECK(a.tasks_per_batch == per_batch);
    CHECK(b.episodes->ways() == 5);
    CHECK(a.episodes->support_rows() == 5);
    CHECK(a.episodes->query_rows() == 5);
    Episode from_a, from_b;
    for (std::int64_t t = 0; t < tasks; ++t) {
      a.episodes->make(t, from_a);
      b.episodes->make(t, from_b);
      std::vector<double> x(5 * 784), y(5 * 784);
      fetch_rows(*whole, 0, std::span<const EpisodeRow>(from_a.query), x.data());
      fetch_rows(*subset, 0, std::span<const EpisodeRow>(from_b.query), y.data());
      CHECK(x == y);
    }
  }
}
