// Listed windows, vocabularies and nearest words together: vectors trained by a plain loop against shared references.
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "evaluation/sources/npy.h"
#include "evaluation/sources/windows.h"
#include "evaluation/vectors/neighbours.h"
#include "files.h"

using namespace tpc::evaluation;

namespace {

using Rows = std::vector<double>;

/// Continuous bags of words with negative sampling, one gradient step a window at the old parameters.
struct Training {
  std::int64_t dimension;
  Rows u, v;
  double rate, decay;

  double step(const WindowExample& example, double lr) {
    const auto size = static_cast<std::size_t>(dimension);
    Rows h(size), e(size);
    for (std::int32_t word : example.context)
      add(h, &u[start(word)], 1.0 / static_cast<double>(example.context.size()));
    std::map<std::int32_t, double> derivatives;
    double loss = 0.0;
    const auto target = [&](std::int32_t word, double sign) {
      double f = 0.0;
      for (std::size_t k = 0; k < size; ++k) f += v[start(word) + k] * h[k];
      loss += std::log1p(std::exp(-sign * f));
      const double derivative = -sign / (1.0 + std::exp(sign * f));
      derivatives[word] += derivative;
      add(e, &v[start(word)], derivative);
    };
    target(example.word, 1.0);
    for (std::int32_t word : example.negative) target(word, -1.0);
    for (const auto& [word, derivative] : derivatives) update(&v[start(word)], h, lr, derivative);
    std::map<std::int32_t, double> times;
    for (std::int32_t word : example.context) times[word] += 1.0 / static_cast<double>(example.context.size());
    for (const auto& [word, share] : times) update(&u[start(word)], e, lr, share);
    return loss;
  }

 private:
  [[nodiscard]] std::size_t start(std::int32_t word) const { return static_cast<std::size_t>(word * dimension); }
  static void add(Rows& to, const double* from, double scale) {
    for (std::size_t k = 0; k < to.size(); ++k) to[k] += scale * from[k];
  }
  void update(double* row, const Rows& gradient, double lr, double scale) const {
    for (std::size_t k = 0; k < gradient.size(); ++k) row[k] = (1.0 - lr * decay) * row[k] - lr * scale * gradient[k];
  }
};

void check_reference(const std::string& name, Rows start, std::int64_t dimension) {
  const std::string golden = "golden/experiments/";
  const auto json_file = shared_file(golden + name), list = shared_file(golden + "vocabulary_500.txt");
  const auto array = shared_file(golden + "windows_500_w8_n25_seed11.npy");
  if (!json_file || !list || !array) return;
  const auto reference = nlohmann::json::parse(std::ifstream(*json_file));
  const Vocabulary vocabulary = value_of(listed_vocabulary(*list));
  const ListedWindows windows = value_of(ListedWindows::load(*array, vocabulary.size(), 16, 25));
  REQUIRE(windows.count() == reference.at("windows").get<std::int64_t>());
  Training training{dimension, std::move(start), Rows(static_cast<std::size_t>(500 * dimension)),
                    reference.at("lr").get<double>(), reference.at("weight_decay").get<double>()};
  Rows losses;
  WindowExample example;
  for (std::int64_t t = 0; t < windows.count(); ++t) {
    windows.example(t, example);
    if (t % 1000 == 0) losses.push_back(0.0);
    const double left = 1.0 - static_cast<double>(t) / static_cast<double>(windows.count());
    losses.back() += training.step(example, training.rate * left);
  }
  const auto expected = reference.at("loss_per_1000_windows").get<Rows>();
  REQUIRE(losses.size() == expected.size());
  for (std::size_t i = 0; i < losses.size(); ++i) CHECK(losses[i] == doctest::Approx(expected[i]).epsilon(1e-9));

  const auto fetch = [&](std::int64_t first, std::int64_t count, double* out) {
    std::copy_n(training.u.data() + first * dimension, count * dimension, out);
  };
  const CoordinateProducts products({500, dimension, fetch});
  for (const auto& [word, others] : reference.at("nearest_by_cosine_of_u").items()) {
    const std::vector<std::int32_t> wanted = {vocabulary.find(word)};
    const auto found = nearest(Cosines(products), wanted, static_cast<std::int64_t>(others.size())).front();
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(vocabulary.word(found[i].word) == others[i][0].get<std::string>());
      CHECK(found[i].cosine == doctest::Approx(others[i][1].get<double>()).epsilon(1e-9));
    }
  }
}

}  // namespace

TEST_CASE("vectors of width 64 from the shared windows") {
  const auto start = shared_file("golden/experiments/cbow_init_500x64.npy");
  if (start) check_reference("cbow_500_width64.json", value_of(read_npy(*start)).values, 64);
}

TEST_CASE("vectors of infinite width, by coordinates in the basis of the start") {
  Rows identity(500 * 500);
  for (std::size_t i = 0; i < 500; ++i) identity[501 * i] = 1.0;
  check_reference("cbow_500_simultaneous.json", std::move(identity), 500);
}
