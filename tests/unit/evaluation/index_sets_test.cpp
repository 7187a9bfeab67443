// Data sets of indices: windows of a text with draws, several sources side by side, names in csv files, given starts.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

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

}  // namespace
