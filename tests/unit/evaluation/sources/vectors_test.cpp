// What vectors with names are good for, from their inner products alone.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

#include "evaluation/sources/npy.h"
#include "evaluation/sources/npy_file.h"
#include "evaluation/vectors/analogies.h"
#include "evaluation/vectors/neighbours.h"
#include "evaluation/vectors/principal_coordinates.h"
#include "evaluation/vectors/save_vectors.h"
#include "files.h"

using namespace tpc::evaluation;

namespace {

/// Numbers between -1 and 1, the same everywhere.
std::vector<double> scattered(std::size_t count, std::uint32_t state) {
  std::vector<double> values(count);
  for (double& value : values) {
    state = state * 1664525 + 1013904223;
    value = static_cast<double>(state >> 8) / (1 << 23) - 1.0;
  }
  return values;
}

Vocabulary numbered(std::int32_t size) {
  Vocabulary vocabulary;
  for (std::int32_t i = 0; i < size; ++i) vocabulary.add("w" + std::to_string(i));
  return vocabulary;
}

/// Those of an array in memory; `calls` counts how often some were asked for.
template <class T>
VectorRows rows_of(const std::vector<T>& vectors, std::int64_t dimension, int* calls = nullptr) {
  return {static_cast<std::int64_t>(vectors.size()) / dimension, dimension,
          [&vectors, dimension, calls](std::int64_t first, std::int64_t count, double* out) {
            std::copy_n(vectors.begin() + first * dimension, count * dimension, out);
            if (calls != nullptr) ++*calls;
          }};
}

double dot(const double* a, const double* b, std::int64_t size) { return std::inner_product(a, a + size, b, 0.0); }

/// The definition: unit vectors, b - a + c, all words but the three by the inner product with it.
struct Straightforward {
  std::int64_t size, dimension;
  std::vector<double> units;

  Straightforward(const std::vector<double>& vectors, std::int64_t words)
      : size(words), dimension(static_cast<std::int64_t>(vectors.size()) / words), units(vectors) {
    for (std::int64_t i = 0; i < size; ++i) {
      double* vector = units.data() + i * dimension;
      const double length = std::sqrt(dot(vector, vector, dimension));
      for (std::int64_t k = 0; k < dimension; ++k) vector[k] /= length;
    }
  }
  /// The candidates in the order of their scores.
  [[nodiscard]] std::vector<std::int32_t> ranked(const Question& q, std::vector<std::int32_t> candidates) const {
    std::vector<double> target(static_cast<std::size_t>(dimension));
    for (std::int64_t k = 0; k < dimension; ++k) {
      const auto at = [&](std::int32_t word) { return units[static_cast<std::size_t>(word * dimension + k)]; };
      target[static_cast<std::size_t>(k)] = at(q[1]) - at(q[0]) + at(q[2]);
    }
    std::erase_if(candidates, [&](std::int32_t w) { return w == q[0] || w == q[1] || w == q[2]; });
    std::stable_sort(candidates.begin(), candidates.end(), [&](std::int32_t a, std::int32_t b) {
      return dot(units.data() + a * dimension, target.data(), dimension) >
             dot(units.data() + b * dimension, target.data(), dimension);
    });
    return candidates;
  }
};

}  // namespace

TEST_CASE("analogies against their definition, from coordinates and from a Gram matrix") {
  constexpr std::int64_t words = 2500, dimension = 7, top = 2300;  // more than two blocks
  const std::vector<double> vectors = scattered(words * dimension, 5);
  std::vector<QuestionSection> sections(3);
  std::uint32_t state = 7;
  const auto word = [&](std::int64_t below) {
    state = state * 1664525 + 1013904223;
    return static_cast<std::int32_t>((state >> 8) % static_cast<std::uint32_t>(below));
  };
  for (std::size_t s = 0; s < 2; ++s) {
    sections[s].name = "section " + std::to_string(s);
    sections[s].skipped = static_cast<std::int64_t>(s);
    for (int i = 0; i < 60; ++i)
      sections[s].questions.push_back({word(top), word(top), word(top), word(s == 0 ? top : 40)});
  }
  sections[0].questions.push_back({3, 4, 5, 4});  // its answer is given
  sections[0].questions.push_back({3, 3, 5, 6});  // and words that occur twice
  sections[1].questions.push_back({1, 5, 5, 30});
  std::vector<std::int32_t> all(top);
  std::iota(all.begin(), all.end(), 0);
  const Straightforward reference(vectors, words);

  const auto check = [&](const InnerProducts& products, double tolerance) {
    const Analogies result = answer_analogies(Cosines(products, top), sections);
    REQUIRE(result.sections.size() == 3);
    AnalogyScore total;
    for (std::size_t s = 0; s < 3; ++s) {
      AnalogyScore expected;
      std::vector<std::int32_t> own;
      for (const Question& q : sections[s].questions) own.push_back(q[3]);
      std::sort(own.begin(), own.end());
      own.erase(std::unique(own.begin(), own.end()), own.end());
      if (s == 0) std::erase(own, 4);
      expected.skipped = sections[s].skipped + (s == 0 ? 1 : 0);
      for (const Question& q : sections[s].questions) {
        if (q[3] == q[1]) continue;
        const std::vector<std::int32_t> ranked = reference.ranked(q, all);
        const auto rank = std::find(ranked.begin(), ranked.end(), q[3]) - ranked.begin() + 1;
        ++expected.asked;
        expected.exact += rank == 1 ? 1 : 0;
        expected.reciprocal_ranks += 1.0 / static_cast<double>(rank);
        expected.own += reference.ranked(q, own).front() == q[3] ? 1 : 0;
      }
      const AnalogyScore& score = result.sections[s].score;
      CHECK(result.sections[s].name == sections[s].name);
      CHECK(score.asked == expected.asked);
      CHECK(score.skipped == expected.skipped);
      CHECK(score.exact == expected.exact);
      CHECK(score.own == expected.own);
      CHECK(score.reciprocal_ranks == doctest::Approx(expected.reciprocal_ranks).epsilon(tolerance));
      total.add(expected);
    }
    CHECK(result.total.asked == total.asked);
    CHECK(result.total.own == total.own);
    CHECK(total.own > 0);
    CHECK(result.total.reciprocal_ranks == doctest::Approx(total.reciprocal_ranks).epsilon(tolerance));
  };
  check(CoordinateProducts(rows_of(vectors, dimension)), 1e-12);
  const std::vector<float> single(vectors.begin(), vectors.end());
  check(CoordinateProducts(rows_of(single, dimension)), 1e-3);
  std::vector<double> gram(words * words);
  for (std::int64_t i = 0; i < words; ++i) {
    for (std::int64_t j = 0; j < words; ++j) {
      gram[static_cast<std::size_t>(i * words + j)] =
          dot(vectors.data() + i * dimension, vectors.data() + j * dimension, dimension);
    }
  }
  check(GramProducts(gram.data(), words), 1e-12);
}

TEST_CASE("an analogy by hand; equal words in their order; vectors that are zero") {
  // man, woman, king, queen, and a fifth word in the direction of queen
  const std::vector<double> vectors = {1, 0, 0, 0, 1, 0, 1, 0, 3, 0, 1, 3, 0, 2, 6};
  const CoordinateProducts products(rows_of(vectors, 3));
  const auto score = [&](const std::vector<Question>& questions, std::int64_t top) {
    return answer_analogies(Cosines(products, top), {{"", questions, 0}}).total;
  };
  CHECK(score({{0, 1, 2, 3}}, 0).exact == 1);
  const AnalogyScore second = score({{0, 1, 2, 4}}, 0);
  CHECK(second.exact == 0);
  CHECK(second.reciprocal_ranks == 0.5);
  CHECK(second.own == 1);
  CHECK(score({{0, 1, 2, 3}, {0, 1, 2, 4}}, 0).own == 1);
  const std::vector<double> zeros(15);
  const CoordinateProducts nothing(rows_of(zeros, 3));
  const AnalogyScore untrained = answer_analogies(Cosines(nothing), {{"", {{0, 1, 2, 3}, {0, 1, 2, 4}}, 0}}).total;
  CHECK(untrained.exact == 1);
  CHECK(untrained.reciprocal_ranks == 1.5);
  CHECK(answer_analogies(Cosines(products), {}).total.asked == 0);
}

TEST_CASE("files of questions") {
  const Folder folder;
  const Vocabulary vocabulary = value_of(listed_vocabulary(folder.file("v.txt", "a\nb\nc\nd\ne\n")));
  const std::string path = folder.file("q.txt", ": first part\na b c d\na b c x\n\n: second\nb a  d\tc\r\na b c e\n");
  const auto sections = value_of(read_questions(path, vocabulary));
  REQUIRE(sections.size() == 2);
  CHECK(sections[0].name == "first part");
  CHECK(sections[0].questions == std::vector<Question>{{0, 1, 2, 3}});
  CHECK(sections[0].skipped == 1);
  CHECK(sections[1].questions == std::vector<Question>{{1, 0, 3, 2}, {0, 1, 2, 4}});
  CHECK(value_of(read_questions(path, vocabulary, 4))[1].skipped == 1);
  const auto error = [&](const std::string& text) {
    return error_of(read_questions(folder.file("r.txt", text), vocabulary));
  };
  CHECK(error(": one\na b c d\na b c\n") == "r.txt:3:0 a question has four words");
  CHECK(error("a b c d e\n") == "r.txt:1:0 a question has four words");
  CHECK(error(": one\n") == "r.txt:0:0 has no questions");
  const ListedWords words = value_of(read_words(folder.file("w.txt", "d 3\n\nx\na\n"), vocabulary));
  CHECK(words.words == std::vector<std::int32_t>{3, 0});
  CHECK(words.unknown == std::vector<std::string>{"x"});
  CHECK(words.pairs.empty());
  const ListedWords pairs =
      value_of(read_words(folder.file("w.txt", "d a\nx b\n a\tc more\nd 3\nb b\nx y\n"), vocabulary));
  CHECK(pairs.words == std::vector<std::int32_t>{3, 0, 1, 2});
  CHECK(pairs.unknown == std::vector<std::string>{"x", "y"});
  CHECK(pairs.pairs == std::vector<std::array<std::size_t, 2>>{{0, 1}, {1, 3}});
  CHECK(error_of(read_words(folder.file("w.txt", "x\n"), vocabulary)) == "w.txt:0:0 has no word of the vocabulary");
}

TEST_CASE("nearest words") {
  const std::vector<double> vectors = {1, 0, 2, 0.1, 0, 5, -1, 0, 1, 1, 4, 4};
  const CoordinateProducts products(rows_of(vectors, 2));
  const std::vector<std::int32_t> words = {0, 4};
  const auto found = nearest(Cosines(products), words, 3);
  REQUIRE(found.size() == 2);
  REQUIRE(found[0].size() == 3);
  CHECK(found[0][0].word == 1);
  CHECK(found[0][0].cosine == doctest::Approx(2 / std::sqrt(4.01)));
  CHECK(found[0][1].word == 4);
  CHECK(found[0][2].word == 5);
  CHECK(found[1][0].word == 5);
  CHECK(found[1][0].cosine == doctest::Approx(1.0));
  const auto fetch_first = [&](std::int64_t first, std::int64_t count, double* out) {
    for (std::int64_t i = first; i < first + count; ++i) *out++ = vectors[static_cast<size_t>(2 * i)];
  };
  const CoordinateProducts first_coordinates({6, 1, fetch_first});
  CHECK(nearest(Cosines(first_coordinates), words, 5)[0].back().word == 3);
  CHECK(nearest(Cosines(products), words, 100)[0].size() == 5);
  CHECK(nearest(Cosines(products, 2), std::vector<std::int32_t>{0}, 100)[0].size() == 1);
}

TEST_CASE("principal coordinates keep distances and shares of the variance") {
  // A rectangle of sides 4 and 2 around (10, 20, 30), turned into space by an orthogonal frame.
  const double u[] = {2.0 / 3, 2.0 / 3, 1.0 / 3}, v[] = {-2.0 / 3, 1.0 / 3, 2.0 / 3};
  std::vector<double> vectors(5 * 3, 0.0);
  for (int i = 0; i < 4; ++i) {
    for (int k = 0; k < 3; ++k) {
      vectors[static_cast<std::size_t>(3 * i + k)] =
          10 * (k + 1) + (i < 2 ? 2 : -2) * u[k] + (i % 2 == 0 ? 1 : -1) * v[k];
    }
  }
  const CoordinateProducts products(rows_of(vectors, 3));
  const std::vector<std::int32_t> words = {0, 1, 2, 3};
  const PrincipalCoordinates plane = principal_coordinates(products, words, 2);
  CHECK(plane.components == 2);
  CHECK(plane.shares[0] == doctest::Approx(0.8));
  CHECK(plane.shares[1] == doctest::Approx(0.2));
  for (int i = 0; i < 4; ++i) {
    CHECK(std::abs(plane.coordinates[static_cast<std::size_t>(2 * i)]) == doctest::Approx(2.0));
    CHECK(std::abs(plane.coordinates[static_cast<std::size_t>(2 * i + 1)]) == doctest::Approx(1.0));
  }
  CHECK(plane.coordinates[0] == doctest::Approx(plane.coordinates[2]));
  CHECK(plane.coordinates[0] == doctest::Approx(-plane.coordinates[4]));
  CHECK(plane.coordinates[1] == doctest::Approx(-plane.coordinates[3]));
  const PrincipalCoordinates more = principal_coordinates(products, words, 9);
  CHECK(more.components == 4);
  CHECK(std::abs(more.shares[2]) < 1e-12);
  const std::vector<std::int32_t> equal = {4, 4};
  CHECK(principal_coordinates(products, equal, 1).shares[0] == 0.0);
}

TEST_CASE("saved vectors are read back: text, binary, array with names beside it") {
  const Folder folder;
  const Vocabulary vocabulary = numbered(3);
  const std::vector<double> vectors = {0.1, -2, 3e-20, 1e10, 1.0 / 3, 6};
  CHECK(save_vectors(folder.path("v.txt"), vocabulary, rows_of(vectors, 2)).empty());
  std::ifstream text(folder.path("v.txt"));
  std::int64_t size = 0, dimension = 0;
  text >> size >> dimension;
  CHECK(size == 3);
  CHECK(dimension == 2);
  for (std::int32_t i = 0; i < 3; ++i) {
    std::string word, first, second;
    text >> word >> first >> second;
    CHECK(word == vocabulary.word(i));
    CHECK(std::stof(first) == static_cast<float>(vectors[static_cast<std::size_t>(2 * i)]));
    CHECK(std::stof(second) == static_cast<float>(vectors[static_cast<std::size_t>(2 * i + 1)]));
  }

  CHECK(save_vectors(folder.path("v.bin"), vocabulary, rows_of(vectors, 2)).empty());
  std::ifstream binary(folder.path("v.bin"), std::ios::binary);
  std::string line;
  std::getline(binary, line);
  CHECK(line == "3 2");
  for (std::int32_t i = 0; i < 3; ++i) {
    std::string word;
    std::getline(binary, word, ' ');
    CHECK(word == vocabulary.word(i));
    float numbers[2];
    binary.read(reinterpret_cast<char*>(numbers), sizeof numbers);
    CHECK(numbers[1] == static_cast<float>(vectors[static_cast<std::size_t>(2 * i + 1)]));
    CHECK(binary.get() == '\n');
  }
  CHECK(binary.get() == std::char_traits<char>::eof());

  const std::vector<float> single(vectors.begin(), vectors.end());
  CHECK(save_vectors(folder.path("v.npy"), vocabulary, rows_of(single, 2)).empty());
  const Table table = value_of(read_npy(folder.path("v.npy")));
  CHECK(table.rows == 3);
  CHECK(table.columns == 2);
  CHECK(table.values == std::vector<double>(single.begin(), single.end()));
  CHECK(words_beside("a/v.npy") == "a/v.words.txt");
  const Vocabulary names = value_of(listed_vocabulary(folder.path("v.words.txt")));
  CHECK(names.size() == 3);
  CHECK(names.find("w2") == 2);

  CHECK(save_vectors(folder.path("none/v.bin"), vocabulary, rows_of(single, 2)).find("cannot be written") !=
        std::string::npos);
  Vocabulary blanks;
  blanks.add("Up, the film");
  CHECK(save_vectors(folder.path("b.txt"), blanks, rows_of(single, 6)).ends_with("`Up, the film` has a blank in it"));
}

TEST_CASE("vectors are fetched and written a piece at a time; arrays of any shape") {
  const Folder folder;
  constexpr std::int32_t size = 300;
  constexpr std::int64_t dimension = 4096;
  const std::vector<double> vectors = scattered(size * dimension, 3);
  int calls = 0;
  CHECK(save_vectors(folder.path("v.npy"), numbered(size), rows_of(vectors, dimension, &calls)).empty());
  CHECK(calls > 1);
  const Table table = value_of(read_npy(folder.path("v.npy")));
  CHECK(table.rows == size);
  const std::vector<float> single(vectors.begin(), vectors.end());
  CHECK(table.values == std::vector<double>(single.begin(), single.end()));

  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{6}, {2, 3}, {1, 2, 3}}) {
    const std::vector<double> numbers = {1, 2, 3, 4, 5, 6};
    CHECK(save_array(folder.path("a.npy"), shape, rows_of(numbers, 3)).empty());
    const auto array = value_of(read_array(folder.path("a.npy")));
    CHECK(std::vector<std::int64_t>(array.shape.begin(), array.shape.end()) == shape);
    CHECK(array.bytes.size() == 6 * sizeof(float));
  }
  CHECK(vector_format("a.bin") == VectorFormat::binary);
  CHECK(vector_format("a.bin.gz") == VectorFormat::unknown);
}

TEST_CASE("coordinates at the end that all vectors lack are left out") {
  const std::vector<double> vectors = {1, 0, 0, 0, 0, 2, 0, 0, 3, 0, 0, 0};
  const VectorRows rows = without_zero_tail(rows_of(vectors, 4));
  CHECK(rows.size == 3);
  CHECK(rows.dimension == 2);
  CHECK(all_rows(rows) == std::vector<double>{1, 0, 0, 2, 3, 0});
  std::vector<double> last(2);
  rows.fetch(2, 1, last.data());
  CHECK(last == std::vector<double>{3, 0});
  CHECK(all_rows(without_zero_tail(rows_of(vectors, 2))) == vectors);
  const std::vector<double> zeros(6);
  CHECK(without_zero_tail(rows_of(zeros, 3)).dimension == 1);
}
