// Null pointers and absurd sizes: every function of section 1 of tpc/runtime.h refuses them.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#include "toy_model.h"

namespace {

namespace fs = std::filesystem;

constexpr toy::Shape shape{2, 1, 1, toy::Activation::tanh, toy::Weights::separate, 1.4, 0.5, toy::Loss::mse};
const tp_model_descriptor* model() { return toy::Model<shape, double>::descriptor(); }

const std::int64_t three = 3, two = 2;

std::vector<double> predict(const tp_state* state) {
  const double* fields[] = {toy::test_x, nullptr};
  std::vector<double> f(2);
  REQUIRE(tp_predict(state, fields, &two, f.data(), nullptr) == TP_OK);
  return f;
}

/// The status, with its message checked.
std::int32_t refused(std::int32_t status) {
  CHECK(std::string(tp_last_error()) != "");
  return status;
}

TEST_CASE("a field that the function reads may not be null, others may") {
  const toy::State state(model(), toy::options(TP_METHOD_QMC, 64, 2));
  const double* no_x[] = {nullptr, toy::train_y};
  const double* no_y[] = {toy::train_x, nullptr};
  double loss = 0.0, f[3];
  const std::vector<double> before = predict(state.handle);
  CHECK(refused(tp_step(state.handle, no_x, &three, &loss)) == TP_INVALID_ARGUMENT);
  CHECK(std::string(tp_last_error()) == "the field x, which step reads, is null");
  CHECK(refused(tp_step(state.handle, no_y, &three, &loss)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_call(state.handle, 0, 0, no_y, &three, &loss, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_predict(state.handle, no_x, &three, f, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(tp_predict(state.handle, no_y, &three, f, nullptr) == TP_OK);
  CHECK(predict(state.handle) == before);
}

TEST_CASE("null tables, places and absurd sizes") {
  const toy::State owner(model(), toy::options(TP_METHOD_QMC, 64, 2));
  tp_state* state = owner.handle;
  const double* fields[] = {toy::train_x, toy::train_y};
  double number[8];
  CHECK(refused(tp_step(state, fields, nullptr, number)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_call(nullptr, 0, 0, fields, &three, number, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_call(state, 0, 0, nullptr, &three, number, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_call(state, 0, 0, fields, nullptr, number, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_predict(nullptr, fields, &three, number, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_predict(state, nullptr, &three, number, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_predict(state, fields, nullptr, number, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_predict(state, fields, &three, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  for (const std::int64_t size : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
                                  std::numeric_limits<std::int64_t>::max(), std::int64_t{1} << 40}) {
    CHECK(refused(tp_step(state, fields, &size, number)) == TP_INVALID_ARGUMENT);
    CHECK(refused(tp_call(state, 1, 0, fields, &size, number, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
    CHECK(refused(tp_predict(state, fields, &size, number, nullptr)) == TP_INVALID_ARGUMENT);
  }
  std::size_t rank = 0;
  CHECK(refused(tp_matrix_rank(nullptr, 2, &rank, nullptr, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  for (const std::uint32_t index : {0u, 3u, 0xffffffffu}) {  // 0 is no matrix
    CHECK(refused(tp_matrix_rank(state, index, &rank, nullptr, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  }
  CHECK(tp_matrix_rank(state, 2, nullptr, nullptr, nullptr, nullptr) == TP_OK);
  std::vector<double> rows(2 * tp_sample_count(state));
  CHECK(tp_state_rows(state, 0, 0, 0, 2, rows.data()) == TP_OK);
  CHECK(tp_state_rows(state, 0, 0, 2, 0, rows.data()) == TP_OK);
  CHECK(refused(tp_state_rows(nullptr, 0, 0, 0, 1, rows.data())) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_state_rows(state, 0, 0, 0, 1, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_state_rows(state, 2, 0, 0, 1, rows.data())) == TP_INVALID_ARGUMENT);  // a matrix
  CHECK(refused(tp_state_rows(state, 0xffffffffu, 0, 0, 1, rows.data())) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_state_rows(state, 0, tp_replica_count(state), 0, 1, rows.data())) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_state_rows(state, 0, 0, 1, 2, rows.data())) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_state_rows(state, 0, 0, 3, 0, rows.data())) == TP_INVALID_ARGUMENT);
  tp_state* loaded = nullptr;
  CHECK(refused(tp_save(nullptr, "x")) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_save(state, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_load(nullptr, "x", &loaded)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_load(model(), nullptr, &loaded)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_load(model(), "x", nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(tp_replica_count(nullptr) == 0);
  CHECK(tp_sample_count(nullptr) == 0);
  CHECK(tp_pairs_replica_count(nullptr, nullptr, 0) == 0);
  CHECK(tp_pairs_replica_count(model(), nullptr, 9) == 0);
  tp_default_options(nullptr);
}

TEST_CASE("pairs: null tables and absurd sizes") {
  tp_pairs pairs{};
  pairs.size = sizeof pairs;
  CHECK(refused(tp_evaluate_pairs(nullptr, nullptr, 0, &pairs, nullptr, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_evaluate_pairs(model(), nullptr, 1, nullptr, nullptr, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  CHECK(refused(tp_evaluate_pairs(model(), nullptr, 1, &pairs, nullptr, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  pairs.count = 3;
  CHECK(refused(tp_evaluate_pairs(model(), nullptr, 1, &pairs, nullptr, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
  pairs.block = std::numeric_limits<std::size_t>::max();
  CHECK(refused(tp_evaluate_pairs(model(), nullptr, 1, &pairs, nullptr, nullptr, nullptr)) == TP_INVALID_ARGUMENT);
}

TEST_CASE("a state is saved before its first step, through a link, and into a pipe") {
  const toy::State state(model(), toy::options(TP_METHOD_QMC, 64, 1));
  const fs::path folder = fs::temp_directory_path() / "tpc_refusal_test";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const fs::path file = folder / "state", link = folder / "link", pipe = folder / "pipe";
  REQUIRE(tp_save(state.handle, file.c_str()) == TP_OK);
  const auto size = fs::file_size(file);

  std::ofstream(folder / "target") << "old";
  fs::create_symlink("target", link);
  REQUIRE(tp_save(state.handle, link.c_str()) == TP_OK);
  CHECK(fs::is_symlink(link));
  CHECK(fs::file_size(folder / "target") == size);
  toy::State loaded;
  CHECK(tp_load(model(), link.c_str(), &loaded.handle) == TP_OK);

  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  std::string received;
  std::thread reader([&] {
    std::ifstream in(pipe, std::ios::binary);
    received.assign(std::istreambuf_iterator<char>(in), {});
  });
  CHECK(tp_save(state.handle, pipe.c_str()) == TP_OK);
  reader.join();
  CHECK(received.size() == size);
  CHECK(fs::is_fifo(pipe));
  CHECK(refused(tp_save(state.handle, "/dev/full")) == TP_FILE);
  CHECK(refused(tp_save(state.handle, folder.c_str())) == TP_FILE);
  CHECK(std::distance(fs::directory_iterator(folder), {}) == 4);  // and no temporary file
  fs::remove_all(folder);
}

TEST_CASE("several threads predict with one state") {
  const toy::State state(model(), toy::options(TP_METHOD_QMC, 256, 2));
  const std::vector<double> expected = predict(state.handle);
  std::vector<std::vector<double>> got(4);
  std::vector<std::thread> threads;
  for (auto& f : got) {
    threads.emplace_back([&] {
      const double* fields[] = {toy::test_x, nullptr};
      f.resize(2);
      for (int i = 0; i < 20; ++i) tp_predict(state.handle, fields, &two, f.data(), nullptr);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& f : got) CHECK(f == expected);
}

}  // namespace
