// The runtime under a hand-written model: reference values, exactness, transactions, files, determinism.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <string>

#include "runtime/points/node_set.h"
#include "toy_model.h"

namespace {

constexpr toy::Shape tanh_two_layers{2, 1, 1, toy::Activation::tanh, toy::Weights::separate, 1.4, 0.5, toy::Loss::mse};
constexpr toy::Shape tanh_tied{2, 1, 2, toy::Activation::tanh, toy::Weights::tied, 2.0, 0.4, toy::Loss::mse};
constexpr toy::Shape tanh_one_layer{2, 1, 0, toy::Activation::tanh, toy::Weights::separate, 1.0, 0.5, toy::Loss::mse};
constexpr toy::Shape linear_two_layers{
    2, 1, 1, toy::Activation::linear, toy::Weights::separate, 1.0, 0.2, toy::Loss::mse};
constexpr toy::Shape linear_three_layers{
    2, 3, 2, toy::Activation::linear, toy::Weights::separate, 1.0, 0.5, toy::Loss::cross_entropy};

/// The size of the models' only extent, as a table.
struct Sizes {
  std::int64_t count;
  operator const std::int64_t*() const { return &count; }  // NOLINT: a table
};
Sizes sizes(std::size_t count) { return {static_cast<std::int64_t>(count)}; }

std::vector<double> train(tp_state* state, int steps, const double* y = toy::train_y) {
  const double* fields[] = {toy::train_x, y};
  std::vector<double> losses;
  for (int i = 0; i < steps; ++i) {
    double loss = 0.0;
    const std::int32_t status = tp_step(state, fields, sizes(3), &loss);
    INFO(std::string(tp_last_error()));
    REQUIRE(status == TP_OK);
    losses.push_back(loss);
  }
  return losses;
}

std::vector<double> predict(const tp_state* state, const double* x, std::size_t count, std::size_t outputs,
                            std::vector<double>* error = nullptr) {
  std::vector<double> f(count * outputs);
  if (error != nullptr) error->resize(count * outputs);
  const double* fields[] = {x, nullptr};
  const std::int32_t status =
      tp_predict(state, fields, sizes(count), f.data(), error == nullptr ? nullptr : error->data());
  INFO(std::string(tp_last_error()));
  REQUIRE(status == TP_OK);
  return f;
}

void check_near(const std::vector<double>& values, const std::vector<double>& expected, double tolerance) {
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(values[i] - expected[i]) <= tolerance);
  }
}

std::string temporary(const char* name) {
  return (std::filesystem::temp_directory_path() / (std::string("tpc_runtime_test_") + name)).string();
}

}  // namespace

// Reference values: golden/tanh_L2.json, tied_tanh.json, tanh_L1.json, linear_L2.json, linear_L3_ce.json.
TEST_CASE_TEMPLATE("two tanh layers agree with the reference, in double and single precision", Real, double, float) {
  toy::State state(toy::Model<tanh_two_layers, Real>::descriptor(), toy::options(TP_METHOD_QMC, 4096, 6));
  REQUIRE(state.status == TP_OK);
  train(state.handle, 5);
  std::vector<double> error;
  check_near(predict(state.handle, toy::train_x, 3, 1), {0.634452490205743, -0.6616675812098921, 0.6024086032368889},
             3e-3);
  check_near(predict(state.handle, toy::test_x, 2, 1, &error), {0.2876541998773022, -0.6551976109502727}, 3e-3);
  CHECK(error[0] > 0.0);
  CHECK(error[0] < 2e-3);
}

TEST_CASE("a matrix used together with its transpose agrees with the reference") {
  toy::State state(toy::Model<tanh_tied, double>::descriptor(), toy::options(TP_METHOD_QMC, 4096, 6));
  REQUIRE(state.status == TP_OK);
  check_near({train(state.handle, 4).back()}, {0.07409392434408409}, 2e-3);
  check_near(predict(state.handle, toy::train_x, 3, 1), {0.5903881881078773, -0.6339231045487662, 0.5782402019700398},
             5e-3);
}

TEST_CASE("directions that are not stored keep the answer") {
  tp_options options = toy::options(TP_METHOD_QMC, 4096, 6);
  options.tolerance = 0.2;
  toy::State state(toy::Model<tanh_two_layers, double>::descriptor(), options);
  train(state.handle, 5);
  check_near(predict(state.handle, toy::train_x, 3, 1), {0.634452490205743, -0.6616675812098921, 0.6024086032368889},
             2e-2);
  std::size_t rank = 0, rank_transposed = 0, updates = 0, unstored = 0;
  REQUIRE(tp_matrix_rank(state.handle, 2, &rank, &rank_transposed, &updates, &unstored) == TP_OK);
  CHECK(rank <= 4);
  CHECK(unstored > 0);
  CHECK(updates == 15);
}

TEST_CASE("quadrature: one tanh layer to spectral accuracy, fewer dimensions through a rotation") {
  toy::State state(toy::Model<tanh_one_layer, double>::descriptor(), toy::options(TP_METHOD_QUADRATURE, 48, 0));
  REQUIRE(state.status == TP_OK);
  CHECK(tp_replica_count(state.handle) == 1);
  CHECK(tp_sample_count(state.handle) == 110592);
  train(state.handle, 10);
  check_near(predict(state.handle, toy::train_x, 3, 1), {0.8556657709072419, -0.778425199624051, 0.6787917139430601},
             1e-4);

  // Inputs on a line: the rotation's first column carries everything, and rank 1 gives what rank 2 gives.
  const double rotation[] = {0.6, -0.8, 0.8, 0.6};
  const double x[] = {0.6, 0.8, -0.3, -0.4, 1.2, 1.6};
  std::vector<double> answers[2];
  for (const std::size_t rank : {1u, 2u}) {
    const tp_rotation given{"U", 2, rotation, rank};
    tp_options options = toy::options(TP_METHOD_QUADRATURE, 40, 0);
    options.rotations = &given;
    options.rotation_count = 1;
    toy::State rotated(toy::Model<tanh_one_layer, double>::descriptor(), options);
    REQUIRE(rotated.status == TP_OK);
    CHECK(tp_sample_count(rotated.handle) == (rank == 1 ? 1600u : 64000u));
    const double* fields[] = {x, toy::train_y};
    for (int i = 0; i < 4; ++i) REQUIRE(tp_step(rotated.handle, fields, sizes(3), nullptr) == TP_OK);
    answers[rank - 1] = predict(rotated.handle, x, 3, 1);
  }
  check_near(answers[0], answers[1], 1e-12);
}

TEST_CASE("nodes of the host's own") {
  const tpc::runtime::NodeSet set = tpc::runtime::normal_nodes(64, 3);
  const tp_nodes nodes{set.dimensions, set.count, set.values.data(), set.weights.data()};
  tp_options options = toy::options(TP_METHOD_QUADRATURE, 0, 0);
  options.nodes = &nodes;
  toy::State state(toy::Model<tanh_one_layer, double>::descriptor(), options);
  REQUIRE(state.status == TP_OK);
  train(state.handle, 10);
  // By 160 nodes a dimension of either kind.
  const std::vector<double> converged = {0.855668167083, -0.778424934085, 0.678793020685};
  check_near(predict(state.handle, toy::train_x, 3, 1), converged, 1e-8);

  const std::string file = (std::filesystem::temp_directory_path() / "tpc_nodes_test.state").string();
  REQUIRE(tp_save(state.handle, file.c_str()) == TP_OK);
  toy::State loaded;
  REQUIRE(tp_load(toy::Model<tanh_one_layer, double>::descriptor(), file.c_str(), &loaded.handle) == TP_OK);
  std::filesystem::remove(file);
  check_near(predict(loaded.handle, toy::train_x, 3, 1), predict(state.handle, toy::train_x, 3, 1), 0.0);

  const auto refused = [&](tp_nodes wrong) {
    options.nodes = &wrong;
    return toy::State(toy::Model<tanh_one_layer, double>::descriptor(), options).status == TP_INVALID_ARGUMENT;
  };
  std::vector<double> negative = set.weights;
  negative[5] = -1e-3;
  CHECK(refused({2, set.count, set.values.data(), set.weights.data()}));
  CHECK(refused({3, 0, set.values.data(), set.weights.data()}));
  CHECK(refused({3, set.count, nullptr, set.weights.data()}));
  CHECK(refused({3, set.count, set.values.data(), negative.data()}));
}

TEST_CASE("replicas by number: the later ones of a run are those of a run that starts with them") {
  const auto trained = [](std::size_t replicas, std::size_t first) {
    tp_options options = toy::options(TP_METHOD_QMC, 256, replicas);
    options.first_replica = first;
    auto state = std::make_unique<toy::State>(toy::Model<tanh_one_layer, double>::descriptor(), options);
    REQUIRE(state->status == TP_OK);
    train(state->handle, 3);
    return predict(state->handle, toy::train_x, 3, 1);
  };
  const std::vector<double> all = trained(3, 0), first = trained(1, 0), others = trained(2, 1);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(first[i] != others[i]);
    CHECK(all[i] == doctest::Approx((first[i] + 2.0 * others[i]) / 3.0).epsilon(1e-13));
  }
  tp_options options = toy::options(TP_METHOD_QMC, 256, 2);
  options.first_replica = 65535;
  CHECK(toy::State(toy::Model<tanh_one_layer, double>::descriptor(), options).status == TP_INVALID_ARGUMENT);
}

TEST_CASE("options that end where they did before there were nodes") {
  tp_options options = toy::options(TP_METHOD_QMC, 256, 2);
  options.size = offsetof(tp_options, nodes);
  options.first_replica = 99999;  // beyond what the host says it has
  CHECK(toy::State(toy::Model<tanh_one_layer, double>::descriptor(), options).status == TP_OK);
  options.size -= 1;
  CHECK(toy::State(toy::Model<tanh_one_layer, double>::descriptor(), options).status == TP_ABI_MISMATCH);
}

TEST_CASE("exact evaluation of deep linear networks") {
  toy::State state(toy::Model<linear_two_layers, double>::descriptor(), toy::options(TP_METHOD_EXACT, 0, 0));
  REQUIRE(state.status == TP_OK);
  const std::vector<double> losses = train(state.handle, 10);
  CHECK(losses[1] == doctest::Approx(0.18879900000000002).epsilon(1e-12));
  CHECK(losses[9] == doctest::Approx(0.0130995452899549).epsilon(1e-10));
  check_near(predict(state.handle, toy::train_x, 3, 1), {1.034079171098669, -0.7854285556783737, 0.6756032137818325},
             1e-10);

  toy::State three(toy::Model<linear_three_layers, double>::descriptor(), toy::options(TP_METHOD_EXACT, 0, 0));
  train(three.handle, 8, toy::train_classes);
  check_near(predict(three.handle, toy::test_x, 2, 3),
             {1.8242264852082062, 0.23507124378780914, -2.059297728996016, -3.057277422005743, 1.943222457276173,
              1.1140549647295683},
             1e-9);
}

TEST_CASE("exact evaluation refuses what does not fit, and the state stays as it was") {
  // The constant and the base variables take 62 of 64 coordinates; every new direction takes one more.
  static constexpr toy::Shape wide{60, 1, 1, toy::Activation::linear};
  static constexpr toy::Shape too_wide{63, 1, 1, toy::Activation::linear};
  toy::State none(toy::Model<too_wide, double>::descriptor(), toy::options(TP_METHOD_EXACT, 32, 0));
  CHECK(none.status == TP_CAPACITY);
  CHECK(none.handle == nullptr);
  toy::State state(toy::Model<wide, double>::descriptor(), toy::options(TP_METHOD_EXACT, 64, 0));
  REQUIRE(state.status == TP_OK);
  std::vector<double> x(3 * 60, 0.0);
  x[0] = x[61] = x[122] = 1.0;
  const double* fields[] = {x.data(), toy::train_y};
  const std::vector<double> before = predict(state.handle, x.data(), 1, 1);
  CHECK(tp_step(state.handle, fields, sizes(3), nullptr) == TP_CAPACITY);
  CHECK(std::string(tp_last_error()).find("64") != std::string::npos);
  CHECK(predict(state.handle, x.data(), 1, 1) == before);
  CHECK(tp_step(state.handle, fields, sizes(1), nullptr) == TP_OK);
}

TEST_CASE("the same numbers with any number of threads") {
  std::vector<double> answers[3];
  for (std::size_t threads = 1; threads <= 3; ++threads) {
    tp_options options = toy::options(TP_METHOD_QMC, 8192, 2);
    options.threads = threads;
    toy::State state(toy::Model<tanh_two_layers, double>::descriptor(), options);
    answers[threads - 1] = train(state.handle, 4);
    const std::vector<double> f = predict(state.handle, toy::test_x, 2, 1);
    answers[threads - 1].insert(answers[threads - 1].end(), f.begin(), f.end());
  }
  CHECK(answers[0] == answers[1]);
  CHECK(answers[0] == answers[2]);
}

TEST_CASE("predictions change nothing and are repeatable") {
  const tp_options options = toy::options(TP_METHOD_QMC, 1024, 2);
  toy::State quiet(toy::Model<tanh_two_layers, double>::descriptor(), options);
  toy::State asked(toy::Model<tanh_two_layers, double>::descriptor(), options);
  std::vector<double> quiet_losses, asked_losses;
  for (int i = 0; i < 3; ++i) {
    quiet_losses.push_back(train(quiet.handle, 1)[0]);
    asked_losses.push_back(train(asked.handle, 1)[0]);
    CHECK(predict(asked.handle, toy::test_x, 2, 1) == predict(asked.handle, toy::test_x, 2, 1));
  }
  CHECK(quiet_losses == asked_losses);
  // More examples than a block: the first block does not notice.
  std::vector<double> many(200 * 2);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = std::sin(static_cast<double>(i));
  const std::vector<double> all = predict(asked.handle, many.data(), 200, 1);
  const std::vector<double> some = predict(asked.handle, many.data(), 64, 1);
  CHECK(std::equal(some.begin(), some.end(), all.begin()));
}

TEST_CASE_TEMPLATE("a saved state continues bit for bit", Real, double, float) {
  const std::string path = temporary("state");
  const tp_model_descriptor* model = toy::Model<tanh_two_layers, Real>::descriptor();
  tp_options options = toy::options(TP_METHOD_QMC, 64, 2);
  options.tolerance = 0.05;
  toy::State state(model, options);
  // After few steps the file has their data, after more than 100 the samples.
  for (const int steps : {2, 12, 100}) {
    train(state.handle, steps);
    REQUIRE(tp_save(state.handle, path.c_str()) == TP_OK);
    CHECK((std::filesystem::file_size(path) < 5000) == (steps < 100));
    toy::State loaded;
    REQUIRE(tp_load(model, path.c_str(), &loaded.handle) == TP_OK);
    const std::vector<double> ahead = train(loaded.handle, 3);
    toy::State again;
    REQUIRE(tp_load(model, path.c_str(), &again.handle) == TP_OK);
    CHECK(train(again.handle, 3) == ahead);
    CHECK(train(state.handle, 3) == ahead);
  }
  std::filesystem::remove(path);
}

TEST_CASE("damaged and foreign files are refused") {
  const std::string path = temporary("damaged");
  const tp_model_descriptor* model = toy::Model<tanh_two_layers, double>::descriptor();
  toy::State state(model, toy::options(TP_METHOD_QMC, 64, 1));
  int steps = 0;
  SUBCASE("with the data of its training") { steps = 2; }
  SUBCASE("with samples") { steps = 101; }
  train(state.handle, steps);
  REQUIRE(tp_save(state.handle, path.c_str()) == TP_OK);
  std::ifstream in(path, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  const auto refused = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    toy::State loaded;
    const std::int32_t status = tp_load(model, path.c_str(), &loaded.handle);
    return status != TP_OK && loaded.handle == nullptr && *tp_last_error() != '\0';
  };
  CHECK_FALSE(refused(good));
  CHECK(refused(""));
  CHECK(refused("hello, this is not a state at all, but some text"));
  CHECK(refused(good + "x"));
  for (std::size_t cut = 0; cut < good.size(); cut += good.size() / 23) CHECK(refused(good.substr(0, cut)));
  // Any one changed byte, densely in the header and sparsely in the rest.
  for (std::size_t at = 0; at < good.size(); at += at < 160 ? 1 : good.size() / 61) {
    CAPTURE(at);
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x55);
    CHECK(refused(bad));
  }
  std::ofstream(path, std::ios::binary) << good;
  toy::State other;
  CHECK(tp_load(toy::Model<tanh_tied, double>::descriptor(), path.c_str(), &other.handle) == TP_FILE);
  CHECK(tp_load(toy::Model<tanh_two_layers, float>::descriptor(), path.c_str(), &other.handle) == TP_FILE);
  CHECK(tp_load(model, "/nonexistent/state", &other.handle) == TP_FILE);
  CHECK(tp_load(model, std::filesystem::temp_directory_path().c_str(), &other.handle) == TP_FILE);
  CHECK(tp_save(state.handle, "/nonexistent/state") == TP_FILE);
  std::filesystem::remove(path);
}

TEST_CASE("a step that diverges or is called wrongly leaves the state as it was") {
  static constexpr toy::Shape wild{2, 1, 1, toy::Activation::linear, toy::Weights::separate, 1.0, 1e80, toy::Loss::mse};
  toy::State state(toy::Model<wild, double>::descriptor(), toy::options(TP_METHOD_QMC, 256, 2));
  const double* fields[] = {toy::train_x, toy::train_y};
  std::int32_t status = TP_OK;
  std::vector<double> before;
  for (int i = 0; i < 20 && status == TP_OK; ++i) {
    before = predict(state.handle, toy::test_x, 1, 1);
    status = tp_step(state.handle, fields, sizes(3), nullptr);
    // The new parameters may be finite although nothing can be computed with them any more.
    double f = 0.0;
    const double* test[] = {toy::test_x, nullptr};
    if (status == TP_OK && tp_predict(state.handle, test, sizes(1), &f, nullptr) != TP_OK) status = TP_NOT_FINITE;
  }
  CHECK(status == TP_NOT_FINITE);

  toy::State good(toy::Model<tanh_two_layers, double>::descriptor(), toy::options(TP_METHOD_QMC, 256, 2));
  train(good.handle, 1);
  before = predict(good.handle, toy::test_x, 2, 1);
  std::vector<double> x(toy::train_x, toy::train_x + 6);
  x[3] = std::numeric_limits<double>::quiet_NaN();
  const double* bad[] = {x.data(), toy::train_y};
  CHECK(tp_step(good.handle, bad, sizes(3), nullptr) == TP_INVALID_ARGUMENT);
  CHECK(std::string(tp_last_error()) == "field x, example 2: not a finite number");
  const double huge[] = {1e308, 1e308, 1e308};
  const double* overflow[] = {toy::train_x, huge};
  CHECK(tp_step(good.handle, overflow, sizes(3), nullptr) == TP_NOT_FINITE);
  CHECK(tp_step(good.handle, fields, sizes(0), nullptr) == TP_INVALID_ARGUMENT);
  CHECK(tp_step(good.handle, nullptr, sizes(3), nullptr) == TP_INVALID_ARGUMENT);
  CHECK(tp_step(nullptr, fields, sizes(3), nullptr) == TP_INVALID_ARGUMENT);
  CHECK(predict(good.handle, toy::test_x, 2, 1) == before);
}

TEST_CASE("mean and standard error over replicas") {
  toy::State state(toy::Model<tanh_two_layers, double>::descriptor(), toy::options(TP_METHOD_MC, 1024, 4));
  train(state.handle, 2);
  const double* fields[] = {toy::test_x, nullptr};
  double mean[2], error[2], all[8];
  REQUIRE(tp_call(state.handle, 1, 0, fields, sizes(2), mean, error, all) == TP_OK);
  for (int i = 0; i < 2; ++i) {
    double sum = 0.0, squares = 0.0;
    for (int r = 0; r < 4; ++r) sum += all[2 * r + i] / 4.0;
    for (int r = 0; r < 4; ++r) squares += (all[2 * r + i] - sum) * (all[2 * r + i] - sum);
    CHECK(mean[i] == doctest::Approx(sum));
    CHECK(error[i] ==
          doctest::Approx(1.65341 * std::sqrt(squares / 3.0 / 4.0)).epsilon(1e-3));  // Student, three degrees
    CHECK(error[i] > 0.0);
  }
  CHECK(tp_call(state.handle, 9, 0, fields, sizes(2), mean, error, all) == TP_INVALID_ARGUMENT);
  CHECK(tp_call(state.handle, 1, 1, fields, sizes(2), mean, error, all) == TP_INVALID_ARGUMENT);
  toy::State one(toy::Model<tanh_two_layers, double>::descriptor(), toy::options(TP_METHOD_QMC, 256, 1));
  REQUIRE(tp_call(one.handle, 1, 0, fields, sizes(2), mean, error, nullptr) == TP_OK);
  CHECK(std::isnan(error[0]));
}

TEST_CASE("requests that cannot be met are refused with a message") {
  const tp_model_descriptor* deep = toy::Model<tanh_two_layers, double>::descriptor();
  const tp_model_descriptor* shallow = toy::Model<tanh_one_layer, double>::descriptor();
  const auto status = [](const tp_model_descriptor* model, const tp_options& options) {
    const toy::State state(model, options);
    CHECK((state.status == TP_OK) == (state.handle != nullptr));
    CHECK((state.status == TP_OK) == (*tp_last_error() == '\0'));
    return state.status;
  };
  CHECK(status(deep, toy::options(TP_METHOD_QUADRATURE, 10, 0)) == TP_INVALID_ARGUMENT);
  CHECK(status(shallow, toy::options(TP_METHOD_QUADRATURE, 200, 0)) == TP_INVALID_ARGUMENT);
  CHECK(status(shallow, toy::options(TP_METHOD_QMC, std::size_t{1} << 40, 1)) == TP_INVALID_ARGUMENT);
  CHECK(status(shallow, toy::options(TP_METHOD_QMC, std::size_t{1} << 26, 60000)) == TP_OUT_OF_MEMORY);
  CHECK(status(shallow, toy::options(TP_METHOD_QMC, 64, 1)) == TP_OK);
  tp_options options = toy::options(TP_METHOD_QMC, 64, 1);
  options.tolerance = std::numeric_limits<double>::quiet_NaN();
  CHECK(status(shallow, options) == TP_INVALID_ARGUMENT);
  options = toy::options(TP_METHOD_QMC, 64, 1);
  const std::uint32_t unknown_method = 9;
  std::memcpy(&options.method, &unknown_method, sizeof unknown_method);
  CHECK(status(shallow, options) == TP_INVALID_ARGUMENT);
  options = toy::options(TP_METHOD_QMC, 64, 1);
  options.size = 8;
  CHECK(status(shallow, options) == TP_ABI_MISMATCH);
  tp_model_descriptor future = *shallow;
  future.abi_version = TP_ABI_VERSION + 1;
  CHECK(status(&future, toy::options(TP_METHOD_QMC, 64, 1)) == TP_ABI_MISMATCH);
  const double identity[] = {1, 0, 0, 1};
  for (const tp_rotation& rotation : {tp_rotation{"nobody", 2, identity, 0}, tp_rotation{"U", 3, identity, 0},
                                      tp_rotation{"U", 2, nullptr, 0}, tp_rotation{"U", 2, identity, 5}}) {
    options = toy::options(TP_METHOD_QMC, 64, 1);
    options.rotations = &rotation;
    options.rotation_count = 1;
    CHECK(status(shallow, options) == TP_INVALID_ARGUMENT);
  }
  CHECK(tp_create(shallow, nullptr, nullptr) == TP_INVALID_ARGUMENT);
  tp_state* state = nullptr;
  CHECK(tp_create(nullptr, nullptr, &state) == TP_INVALID_ARGUMENT);
  tp_destroy(nullptr);
}

/// Inner products of the rows of a state, the mean over replicas.
std::vector<double> gram(const tp_state* state, std::uint32_t index, std::size_t rows) {
  const std::size_t samples = tp_sample_count(state), replicas = tp_replica_count(state);
  std::vector<double> values(rows * samples), products(rows * rows, 0.0);
  for (std::size_t replica = 0; replica < replicas; ++replica) {
    for (std::size_t i = 0; i < rows; ++i) {  // one at a time, the last one first
      const std::size_t row = rows - 1 - i;
      REQUIRE(tp_state_rows(state, index, replica, row, 1, values.data() + row * samples) == TP_OK);
    }
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < rows; ++j) {
        for (std::size_t s = 0; s < samples; ++s) {
          products[i * rows + j] += values[i * samples + s] * values[j * samples + s] / static_cast<double>(replicas);
        }
      }
    }
  }
  return products;
}

TEST_CASE("inner products of the rows of a state are expectations in every method") {
  toy::State exact(toy::Model<linear_two_layers, double>::descriptor(), toy::options(TP_METHOD_EXACT, 64, 1));
  toy::State sampled(toy::Model<linear_two_layers, double>::descriptor(), toy::options(TP_METHOD_QMC, 8192, 4));
  toy::State single(toy::Model<linear_two_layers, float>::descriptor(), toy::options(TP_METHOD_QMC, 8192, 4));
  check_near(gram(exact.handle, 0, 2), {1.0, 0.0, 0.0, 1.0}, 1e-14);
  check_near(gram(sampled.handle, 0, 2), {1.0, 0.0, 0.0, 1.0}, 1e-2);
  for (const toy::State* state : {&exact, &sampled, &single}) train(state->handle, 8);
  const std::vector<double> trained = gram(exact.handle, 0, 2);
  CHECK(std::abs(trained[1]) > 1e-3);  // they have moved
  check_near(gram(sampled.handle, 0, 2), trained, 1e-2);
  check_near(gram(single.handle, 0, 2), trained, 1e-2);

  toy::State nodes(toy::Model<tanh_one_layer, double>::descriptor(), toy::options(TP_METHOD_QUADRATURE, 40, 0));
  toy::State points(toy::Model<tanh_one_layer, double>::descriptor(), toy::options(TP_METHOD_QMC, 16384, 4));
  check_near(gram(nodes.handle, 0, 2), {1.0, 0.0, 0.0, 1.0}, 1e-10);
  for (const toy::State* state : {&nodes, &points}) train(state->handle, 8);
  check_near(gram(nodes.handle, 0, 2), gram(points.handle, 0, 2), 1e-2);
}
