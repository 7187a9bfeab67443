// Data sets of indices: windows of a text with draws, several sources side by side, names in csv files, given starts.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include "evaluation/data/load.h"
#include "evaluation/data/source_sizes.h"
#include "evaluation/data/starts.h"
#include "evaluation/sources/windows.h"
#include "frontend/sema/sema.h"
#include "grammar/parse.h"

namespace {

using namespace tpc;
using namespace tpc::evaluation;

/// A folder with the files of a program, gone with it.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "tpc_index_sets_test";
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
};

struct Loaded {
  std::optional<sema::Program> program;
  std::vector<LoadedSet> sets;
  std::vector<std::string> kinds;
};

Loaded load(const Folder& folder, const std::string& text) {
  Loaded loaded;
  const diag::Source source("index_sets.tp", text);
  diag::Engine diagnostics;
  const auto syntax = grammar::parse(source, diagnostics);
  SourceSizes files(folder.path.string(), diagnostics);
  loaded.program = sema::check(syntax, {}, files, diagnostics);
  if (loaded.program) loaded.sets = load_data(*loaded.program, {}, folder.path.string(), diagnostics);
  for (const auto& each : diagnostics.all()) {
    if (diag::kind_severity(each.kind) == diag::Severity::error) loaded.kinds.emplace_back(diag::kind_name(each.kind));
  }
  return loaded;
}

const std::string head =
    "model m\nwidth n\ndim words = vocabulary(\"corpus.txt\")\ndim users = items(\"ratings.csv\", column = user)\n"
    "param u : [n] init normal(std = 1)\ndef net(x) { return mean(u * x) }\nparametrization mup\n";

const std::string corpus = "the cat sat on the mat and the dog sat on the rug and the cat saw the dog";
const std::string ratings = "user,rating\nann,1.5\nbob,2\nann,-1\n";

TEST_CASE("windows of a text, and draws beside them, are those of the sources") {
  Folder folder;
  folder.write("corpus.txt", corpus);
  folder.write("ratings.csv", ratings);
  const Loaded loaded = load(folder, head + R"(
data train : word in words, context[..6] in words = windows("corpus.txt", rows = 2..18, window = 2, sample = 0.1, seed = 7),
             negative[4] in words = negatives(word, power = 0.5, seed = 9)
)");
  REQUIRE(loaded.kinds.empty());
  const auto vocabulary = corpus_vocabulary((folder.path / "corpus.txt").string(), {});
  TextWindowSettings settings;
  settings.first = 2, settings.last = 18, settings.window = 2, settings.sample = 0.1, settings.seed = 7;
  settings.negatives = NegativeSettings{4, 0.5, 9};
  const auto direct =
      TextWindows::load((folder.path / "corpus.txt").string(), std::get<Vocabulary>(vocabulary), settings);
  const auto& windows = std::get<TextWindows>(direct);
  const LoadedSet& train = loaded.sets.front();
  REQUIRE(train.count == windows.count());
  const Batch all = train.slice(0, train.count);
  const auto at = [&](const std::string& field, int64_t size, int64_t example) {
    std::vector<int32_t> present;
    for (int64_t i = 0; i < size; ++i) {
      const double index = all.fields.at(field)[static_cast<size_t>(example * size + i)];
      if (index >= 0) present.push_back(static_cast<int32_t>(index));
    }
    return present;
  };
  for (int64_t t = 0; t < train.count; ++t) {
    WindowExample expected;
    windows.example(t, expected);
    CHECK(at("word", 1, t) == std::vector<int32_t>{expected.word});
    CHECK(at("context", 6, t) == expected.context);
    CHECK(at("negative", 4, t) == expected.negative);
  }
}

TEST_CASE("windows and draws are other ones in every pass over a text, and the same in the same pass") {
  const Folder folder;
  std::string text;
  for (int i = 0; i < 40; ++i) text += corpus + " ";
  folder.write("corpus.txt", text);
  folder.write("ratings.csv", ratings);
  const Loaded loaded = load(folder, head + R"(
data train : word in words, context[..6] in words = windows("corpus.txt", window = 3, sample = 0.05, seed = 7),
             negative[4] in words = negatives(word, power = 0.5, seed = 9)
)");
  REQUIRE(loaded.kinds.empty());
  const LoadedSet& train = loaded.sets.front();
  std::vector<int64_t> rows(static_cast<size_t>(train.count));
  std::iota(rows.begin(), rows.end(), 0);
  const auto pass = [&](int64_t epoch) { return train.batch(rows, std::vector<int64_t>(rows.size(), epoch)).fields; };
  const auto first = pass(0), second = pass(1), third = pass(2);
  CHECK(first == train.slice(0, train.count).fields);
  CHECK(first == train.batch(rows).fields);
  for (const char* field : {"word", "context", "negative"}) {
    CHECK(first.at(field) != second.at(field));
    CHECK(second.at(field) != third.at(field));
    CHECK(first.at(field).size() == second.at(field).size());
  }
  CHECK(pass(1) == second);  // also after another one
  // The windows of another pass are those of the source, as many as the first has, spread evenly.
  const auto vocabulary = corpus_vocabulary((folder.path / "corpus.txt").string(), {});
  TextWindowSettings settings;
  settings.window = 3, settings.sample = 0.05, settings.seed = 7, settings.epoch = 2;
  settings.negatives = NegativeSettings{4, 0.5, 9};
  const auto direct =
      TextWindows::load((folder.path / "corpus.txt").string(), std::get<Vocabulary>(vocabulary), settings);
  const auto& windows = std::get<TextWindows>(direct);
  for (int64_t t = 0; t < train.count; ++t) {
    WindowExample expected;
    windows.example(t * windows.count() / train.count, expected);
    CHECK(third.at("word")[static_cast<size_t>(t)] == expected.word);
    std::vector<double> negative(third.at("negative").begin() + 4 * t, third.at("negative").begin() + 4 * t + 4);
    std::erase(negative, -1.0);
    CHECK(negative == std::vector<double>(expected.negative.begin(), expected.negative.end()));
  }
  // A batch across the end of a pass.
  const Batch across = train.batch({train.count - 1, 0}, {0, 1});
  CHECK(across.fields.at("word") == std::vector<double>{first.at("word").back(), second.at("word").front()});
}

TEST_CASE("names in a csv file, and sources side by side") {
  Folder folder;
  folder.write("corpus.txt", corpus);
  folder.write("ratings.csv", ratings);
  folder.write("others.csv", "1\n2\n0\n");
  folder.write("two.csv", "1\n2\n");
  const Loaded loaded = load(folder, head + R"(
data train : user in users, rating = csv("ratings.csv")
data both : user in users, rating = csv("ratings.csv"), x = csv("others.csv"), other[2] in words = negatives(y, power = 1)
)");
  CHECK(loaded.kinds == std::vector<std::string>{"fields-of-indices"});
  const Loaded right = load(folder, head + R"(
data train : user in users, rating = csv("ratings.csv")
data both : user in users, rating = csv("ratings.csv"), x = csv("others.csv")
)");
  REQUIRE(right.kinds.empty());
  CHECK(right.sets[0].values_of("user") == std::vector<double>{0, 1, 0});
  CHECK(right.sets[1].values_of("rating") == std::vector<double>{1.5, 2, -1});
  CHECK(right.sets[1].values_of("x") == std::vector<double>{1, 2, 0});
  const Loaded short_one =
      load(folder, head + "data both : user in users, rating = csv(\"ratings.csv\"), x = csv(\"two.csv\")\n");
  CHECK(short_one.kinds == std::vector<std::string>{"data-row-counts"});
}

/// Tasks by user: x is 10 user + the number of the row.
const std::string by_user = R"(model m
width n
param u : [n] init normal(std = 1)
def net(z) { return mean(u * z) }
parametrization mup
data rows : user, x[2], y {
  7  70 0  0
  3  31 0  1
  7  72 0  1
  3  33 0  0
  7  74 1  2
  3  35 1  0
}
data tasks : support(x[2], y), query(user, x[2]) = episodes(rows, task = user, shots = 2, queries = 1)
data drawn : support(x[2], y), query(user, x[2]) = episodes(rows, task = user, shots = 2, queries = 1, seed = 5, count = 40)
)";

TEST_CASE("rows of one user are a task: the first ones, or drawn anew") {
  const Folder folder;
  const Loaded loaded = load(folder, by_user);
  REQUIRE(loaded.kinds.empty());
  const LoadedSet &tasks = find_set(loaded.sets, "tasks"), &drawn = find_set(loaded.sets, "drawn");
  CHECK(tasks.count == 2);
  CHECK(tasks.values_of("support.x") == std::vector<double>{70, 0, 72, 0, 31, 0, 33, 0});
  CHECK(tasks.values_of("support.y") == std::vector<double>{0, 1, 1, 0});
  CHECK(tasks.values_of("query.user") == std::vector<double>{7, 3});
  CHECK(tasks.values_of("query.x") == std::vector<double>{74, 1, 35, 1});
  CHECK(drawn.count == 40);
  const std::vector<double> support = drawn.values_of("support.x"), query = drawn.values_of("query.x");
  bool differ = false;
  for (size_t t = 0; t < 40; ++t) {
    const double user = t % 2 == 0 ? 7 : 3, sum = support[4 * t] + support[4 * t + 2] + query[2 * t];
    CHECK(sum == (user == 7 ? 70 + 72 + 74 : 31 + 33 + 35));  // each row once
    differ = differ || query[2 * t] != (user == 7 ? 74 : 35);
  }
  CHECK(differ);
}

TEST_CASE("tasks by a field of too few rows, and of labels that are no classes, are refused") {
  const Folder folder;
  std::string few = by_user;
  few.replace(few.find("shots = 2"), 9, "shots = 3");
  CHECK(load(folder, few).kinds == std::vector<std::string>{"data-file"});
  const std::string classes = R"(model m
width n
param U : [n, 2] init normal(std = 1)
param V : [2, n] init normal(std = 1)
def net(x : [2]) -> [2] { return V @ (U @ x) }
def few_shot(support, query) {
  adapt sgd(lr = 0.1) on cross_entropy(net(support.x), support.y)
  return net(query.x)
}
)" + by_user.substr(by_user.find("data rows"), by_user.find("data drawn") - by_user.find("data rows")) +
                              R"(train {
  data = tasks
  loss = cross_entropy(few_shot(support, query), query.user)
  optimizer = sgd(lr = 0.1)
  batch = full
  epochs = 1
}
parametrization mup
)";
  // query.user is 7: no class; the labels of the support go up to 2.
  CHECK(load(folder, classes).kinds == std::vector<std::string>{"data-label-range", "data-label-range"});
}

}  // namespace
