// Words with the words around them.
#include "evaluation/sources/windows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "files.h"

using namespace tpc::evaluation;

namespace {

std::string letters(const WindowExample& example, const Vocabulary& vocabulary) {
  std::string text(vocabulary.word(example.word));
  text += ":";
  for (std::int32_t word : example.context) text += vocabulary.word(word);
  return text;
}

template <class Windows>
WindowExample example_of(const Windows& windows, std::int64_t t) {
  WindowExample example;
  windows.example(t, example);
  return example;
}

/// sum over words of count^power, and of the chi squared of `seen` against it.
double chi_squared(const std::vector<std::int64_t>& seen, const std::vector<std::int64_t>& counts, double power) {
  double norm = 0.0, total = 0.0, sum = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    norm += std::pow(static_cast<double>(counts[i]), power);
    total += static_cast<double>(seen[i]);
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = total * std::pow(static_cast<double>(counts[i]), power) / norm;
    sum += (static_cast<double>(seen[i]) - expected) * (static_cast<double>(seen[i]) - expected) / expected;
  }
  return sum;
}

/// Some 20,000 words of 12 letters, the first ones the most frequent, and a word outside of the vocabulary after each.
std::string long_text() {
  std::string text;
  std::uint32_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = state * 1664525 + 1013904223;
    const double u = static_cast<double>(state >> 8) / (1 << 24);
    text += static_cast<char>('a' + static_cast<int>(12 * u * u * u));
    text += " - ";
  }
  return text;
}

}  // namespace

TEST_CASE("windows of a short text: words that are not in the vocabulary leave no gap") {
  const Folder folder;
  const std::string path = folder.file("c.txt", "a b - c d\n- e a");
  const Vocabulary vocabulary = value_of(listed_vocabulary(folder.file("w.txt", "a\nb\nc\nd\ne\n")));
  TextWindowSettings settings;
  settings.window = 1;  // b = 0: the half-width is 1
  const TextWindows windows = value_of(TextWindows::load(path, vocabulary, settings));
  CHECK(windows.count() == 6);
  CHECK(windows.most_context() == 2);
  std::string all;
  for (std::int64_t t = 0; t < windows.count(); ++t) all += letters(example_of(windows, t), vocabulary) + " ";
  CHECK(all == "a:b b:ac c:bd d:ce e:da a:e ");
  CHECK(windows.position(2) == 3);
  settings.first = 4;
  settings.last = 7;
  const TextWindows part = value_of(TextWindows::load(path, vocabulary, settings));
  all.clear();
  for (std::int64_t t = 0; t < part.count(); ++t) all += letters(example_of(part, t), vocabulary) + " ";
  CHECK(all == "c:d d:ce e:d ");
  CHECK(part.position(2) == 6);
}

TEST_CASE("half-widths are uniform, and windows a function of seed, pass and position") {
  const Folder folder;
  const std::string path = folder.file("c.txt", long_text());
  const Vocabulary vocabulary = value_of(corpus_vocabulary(path, {}));
  const Vocabulary small = [&] {
    Vocabulary result;
    std::vector<std::int64_t> counts;
    for (std::int32_t i = 0; i < vocabulary.size(); ++i) {
      if (vocabulary.word(i) == "-") continue;
      result.add(vocabulary.word(i));
      counts.push_back(vocabulary.counts()[static_cast<std::size_t>(i)]);
    }
    result.set_counts(counts);
    return result;
  }();
  CHECK(small.size() == 12);
  TextWindowSettings settings;
  settings.window = 5;
  settings.seed = 9;
  const TextWindows windows = value_of(TextWindows::load(path, small, settings));
  REQUIRE(windows.count() == 20000);
  std::map<std::size_t, int> widths;
  for (std::int64_t t = 5; t < windows.count() - 5; ++t) ++widths[example_of(windows, t).context.size()];
  CHECK(widths.size() == 5);
  for (const auto& [width, count] : widths) {
    CHECK(width % 2 == 0);
    CHECK(std::abs(count - 3998) < 5 * std::sqrt(19990 * 0.2 * 0.8));
  }
  const auto same = [&](const TextWindowSettings& other, std::int64_t from, std::int64_t shift) {
    const TextWindows part = value_of(TextWindows::load(path, small, other));
    int equal = 0;
    for (std::int64_t t = from; t < from + 1000; ++t) {
      equal += example_of(part, t - shift).context == example_of(windows, t).context ? 1 : 0;
    }
    return equal;
  };
  TextWindowSettings other = settings;
  CHECK(same(other, 0, 0) == 1000);
  other.first = 2 * 5000 + 1;  // every other word is outside of the vocabulary
  other.last = 2 * 7000;
  CHECK(same(other, 5010, 5000) == 1000);
  other = settings;
  other.seed = 10;
  CHECK(same(other, 100, 0) < 400);
  other = settings;
  other.epoch = 1;
  CHECK(same(other, 100, 0) < 400);
  const TextWindows later = value_of(TextWindows::load(path, small, other)), again = windows.in_epoch(1);
  REQUIRE(again.count() == later.count());
  for (std::int64_t t = 0; t < 1000; ++t) CHECK(example_of(again, t).context == example_of(later, t).context);
}

TEST_CASE("frequent words are thinned out") {
  const Folder folder;
  std::string text = long_text();
  std::erase(text, '-');
  const std::string path = folder.file("c.txt", text);
  const Vocabulary vocabulary = value_of(corpus_vocabulary(path, {}));
  TextWindowSettings settings;
  settings.window = 2;
  settings.sample = 0.02;
  const TextWindows windows = value_of(TextWindows::load(path, vocabulary, settings));
  std::vector<double> kept(12);
  WindowExample example;
  for (std::int64_t t = 0; t < windows.count(); ++t) {
    windows.example(t, example);
    kept[static_cast<std::size_t>(example.word)] += 1;
  }
  for (std::size_t i = 0; i < 12; ++i) {
    const auto count = static_cast<double>(vocabulary.counts()[i]);
    const double keep = std::min((std::sqrt(count / (0.02 * 20000)) + 1) * 0.02 * 20000 / count, 1.0);
    CHECK(std::abs(kept[i] - count * keep) <= 5 * std::sqrt(count * keep * (1 - keep)));
    if (i == 0) CHECK(keep < 0.35);
  }
  CHECK(windows.count() < 20000);
}

TEST_CASE("negatives: unigram^power, a draw equal to the word is dropped") {
  const std::vector<std::int64_t> counts = {1000, 300, 0, 100, 30, 10, 1};
  const NegativeSampler sampler(counts, 0.75, 2);
  std::vector<std::int64_t> seen(counts.size());
  std::vector<std::int32_t> drawn;
  for (std::uint64_t place = 0; place < 20000; ++place) sampler.draw(place, 0, -1, 25, drawn);
  CHECK(drawn.size() == 500000);
  for (std::int32_t index : drawn) ++seen[static_cast<std::size_t>(index)];
  CHECK(seen[2] == 0);
  std::vector<std::int64_t> present = counts, present_seen = seen;
  present.erase(present.begin() + 2);
  present_seen.erase(present_seen.begin() + 2);
  CHECK(chi_squared(present_seen, present, 0.75) < 5 + 5 * std::sqrt(2.0 * 5));

  std::vector<std::int32_t> with, without;
  sampler.draw(17, 0, -1, 25, with);
  sampler.draw(17, 0, 0, 25, without);
  std::erase(with, 0);
  CHECK(with == without);
  CHECK(without.size() < 25);
  std::vector<std::int32_t> again;
  sampler.draw(17, 1, -1, 25, again);
  CHECK(again != with);

  const NegativeSampler uniform(counts, 0.0, 2), one(std::vector<std::int64_t>{5}, 0.75, 2);
  CHECK(one.index(UINT64_MAX) == 0);
  std::vector<std::int32_t> others;
  for (std::uint64_t place = 0; place < 2000; ++place) uniform.draw(place, 0, -1, 25, others);
  CHECK(std::abs(std::count(others.begin(), others.end(), 6) - 50000 / 6) < 5 * std::sqrt(50000 * 5.0 / 36));
  const NegativeSampler most_frequent(counts, 1e308, 2);  // whose power is larger than any number
  std::vector<std::int32_t> first;
  most_frequent.draw(7, 0, -1, 20, first);
  CHECK(first == std::vector<std::int32_t>(20, 0));
}

TEST_CASE("windows of a text with negatives of their own") {
  const Folder folder;
  const std::string path = folder.file("c.txt", "a b c d e a a a");
  const Vocabulary vocabulary = value_of(corpus_vocabulary(path, {}));
  TextWindowSettings settings;
  settings.window = 2;
  settings.negatives = NegativeSettings{25, 0.75, 2};
  const TextWindows windows = value_of(TextWindows::load(path, vocabulary, settings));
  const NegativeSampler sampler(vocabulary.counts(), 0.75, 2);
  for (std::int64_t t = 0; t < windows.count(); ++t) {
    const WindowExample example = example_of(windows, t);
    std::vector<std::int32_t> drawn;
    sampler.draw(static_cast<std::uint64_t>(t), 0, example.word, 25, drawn);
    CHECK(example.negative == drawn);
    CHECK(std::count(drawn.begin(), drawn.end(), example.word) == 0);
  }
}

TEST_CASE("windows that a text does not have") {
  const Folder folder;
  const Vocabulary vocabulary = value_of(listed_vocabulary(folder.file("w.txt", "a\nb\n")));
  const auto error = [&](const std::string& text, std::int64_t first, std::int64_t last) {
    TextWindowSettings settings;
    settings.first = first;
    settings.last = last;
    return error_of(TextWindows::load(folder.file("c.txt", text), vocabulary, settings));
  };
  CHECK(error("", 1, 0) == "c.txt:0:0 has no words");
  CHECK(error("a b a", 1, 4) == "c.txt:0:0 has 3 words, not the words 1 to 4");
  CHECK(error("a b a", 4, 0) == "c.txt:0:0 has 3 words, not the words 4 to the end");
  CHECK(error("a b a", 3, 2) == "c.txt:0:0 has no words 3 to 2: words are counted from 1");
  CHECK(error("a x b", 1, 2) == "c.txt:0:0 has 1 words of the vocabulary in these rows; a window needs two");
  CHECK(error("a x b", 1, 3) == "no error");
}

TEST_CASE("listed windows, good and bad") {
  const Folder folder;
  const std::vector<std::int16_t> values = {0, 1, -1, -1, 2, 4, 3, -1, 1, -1};
  const std::string path = folder.file("w.npy", npy_bytes("<i2", "(2, 5)", values));
  const ListedWindows windows = value_of(ListedWindows::load(path, 5, 2, 2));
  CHECK(windows.count() == 2);
  CHECK(windows.most_context() == 2);
  const WindowExample first = example_of(windows, 0), second = example_of(windows, 1);
  CHECK(first.word == 0);
  CHECK(first.context == std::vector<std::int32_t>{1});
  CHECK(first.negative == std::vector<std::int32_t>{2});
  CHECK(second.word == 4);
  CHECK(second.context == std::vector<std::int32_t>{3});
  CHECK(second.negative == std::vector<std::int32_t>{1});

  const auto error = [&](const std::vector<std::int32_t>& numbers) {
    return error_of(ListedWindows::load(folder.file("v.npy", npy_bytes("<i4", "(2, 5)", numbers)), 5, 2, 2));
  };
  CHECK(error({0, 1, 2, 3, 4, 0, 1, 2, 3, 5}) == "v.npy:2:5 5 is not in 0..4, nor -1 for none");
  CHECK(error({0, 1, 2, 3, 4, 0, -2, 2, 3, 4}) == "v.npy:2:2 -2 is not in 0..4, nor -1 for none");
  CHECK(error({-1, 1, 2, 3, 4, 0, 1, 2, 3, 4}) == "v.npy:1:1 -1 is not in 0..4");
  CHECK(error({0, 1, 2, 3, 4, 0, -1, -1, 3, 4}) == "v.npy:2:2 no context");
  CHECK(error_of(ListedWindows::load(path, 5, 3, 2)) ==
        "w.npy:0:0 has 5 numbers a row, but 6 are expected: a word, 3 around it and 2 others");
  const std::vector<float> floats(5);
  CHECK(error_of(ListedWindows::load(folder.file("f.npy", npy_bytes("<f4", "(1, 5)", floats)), 5, 2, 2)) ==
        "f.npy:0:0 has elements of type 'f4'; windows are i2 or i4");
}

TEST_CASE("the shared windows have the statistics of ours: kept words, contexts, negatives") {
  const auto corpus = shared_file("data/corpus_small.txt");
  struct Case {
    std::int32_t size, window, negatives;
    std::string name;
  };
  const std::vector<Case> cases = {{500, 8, 25, "windows_500_w8_n25_seed11.npy"},
                                   {2000, 5, 15, "windows_2000_w5_n15_seed12.npy"}};
  for (const Case& one : cases) {
    const auto list = shared_file("golden/experiments/vocabulary_" + std::to_string(one.size) + ".txt");
    const auto listed = shared_file("golden/experiments/" + one.name);
    if (!corpus || !list || !listed) return;
    const Vocabulary vocabulary = value_of(listed_vocabulary(*list));
    const Vocabulary counted = value_of(corpus_vocabulary(*corpus, {10000, 1}));
    TextWindowSettings settings;
    settings.last = 10000;
    settings.window = one.window;
    settings.sample = 0.001;
    settings.seed = 3;
    settings.negatives = NegativeSettings{one.negatives, 0.75, 4};
    const TextWindows ours = value_of(TextWindows::load(*corpus, vocabulary, settings));
    const ListedWindows theirs = value_of(ListedWindows::load(*listed, one.size, 2 * one.window, one.negatives));
    const std::vector<std::int64_t> counts(counted.counts().begin(), counted.counts().begin() + one.size);
    const double total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
    double mean = 0.0, variance = 0.0;
    for (std::int64_t count : counts) {
      const double c = static_cast<double>(count), ratio = 0.001 * total / c;
      const double keep = std::min((std::sqrt(1 / ratio) + 1) * ratio, 1.0);
      mean += c * keep;
      variance += c * keep * (1 - keep);
    }
    const auto check = [&](const auto& windows) {
      CAPTURE(mean);
      CHECK(std::abs(static_cast<double>(windows.count()) - mean) < 4 * std::sqrt(variance));
      double contexts = 0.0;
      std::vector<std::int64_t> drawn(counts.size());
      WindowExample example;
      for (std::int64_t t = 0; t < windows.count(); ++t) {
        windows.example(t, example);
        contexts += static_cast<double>(example.context.size());
        for (std::int32_t index : example.negative) ++drawn[static_cast<std::size_t>(index)];
      }
      // Twice the mean half-width (window + 1) / 2, in units of its standard error.
      const double w = one.window, n = static_cast<double>(windows.count());
      CHECK(std::abs(contexts / n - (w + 1)) < 5 * 2 * std::sqrt((w * w - 1) / 12 / n));
      // Dropped draws make frequent words a little rarer, which the 5 standard deviations do not notice.
      const double degrees = static_cast<double>(one.size - 1);
      CHECK(chi_squared(drawn, counts, 0.75) < 1.2 * (degrees + 5 * std::sqrt(2 * degrees)));
    };
    check(ours);
    check(theirs);
  }
}
