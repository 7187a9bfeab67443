// A step that runs out of memory, at any of its allocations, leaves every replica as it was.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "toy_model.h"

namespace {

std::atomic<long> allocations_left{-1};  ///< negative: as many as one likes

void count_allocation() {
  if (allocations_left.load() < 0) return;
  if (allocations_left.fetch_sub(1) == 0) {
    allocations_left = 0;  // and all that follow
    throw std::bad_alloc();
  }
}

}  // namespace

void* operator new(std::size_t size) {
  count_allocation();
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  count_allocation();
  const auto unit = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace {

constexpr toy::Shape shape{2, 1, 1, toy::Activation::tanh, toy::Weights::separate, 1.4, 0.5, toy::Loss::mse};

std::vector<double> predict(const tp_state* state) {
  const double* fields[] = {toy::test_x, nullptr};
  const std::int64_t count = 2;
  std::vector<double> f(2);
  REQUIRE(tp_predict(state, fields, &count, f.data(), nullptr) == TP_OK);
  return f;
}

TEST_CASE("a step that fails at any allocation changes no replica") {
  const tp_model_descriptor* model = toy::Model<shape, double>::descriptor();
  toy::State state(model, toy::options(TP_METHOD_QMC, 64, 3));
  const double* fields[] = {toy::train_x, toy::train_y};
  const std::int64_t count = 3;
  const auto step = [&] { return tp_step(state.handle, fields, &count, nullptr); };
  // Scratch memory of the hand-written model, which does not look whether it got any.
  constexpr int steps = 24, without_failures = 3;
  for (int done = 0; done < without_failures; ++done) REQUIRE(step() == TP_OK);
  // Three updates a step: after 22 steps the 64 terms of the panels are compressed.
  int failures = 0;
  for (int done = without_failures; done < steps; ++done) {
    const std::vector<double> before = predict(state.handle);
    for (long room = 0;; ++room) {
      allocations_left = room;
      const std::int32_t status = step();
      allocations_left = -1;
      if (status == TP_OK) break;
      CHECK(status == TP_OUT_OF_MEMORY);
      CHECK(predict(state.handle) == before);
      ++failures;
      REQUIRE(room < 10'000);
    }
    CHECK(predict(state.handle) != before);
  }
  CHECK(failures > 10);
  // The same as without failures.
  toy::State other(model, toy::options(TP_METHOD_QMC, 64, 3));
  for (int done = 0; done < steps; ++done) REQUIRE(tp_step(other.handle, fields, &count, nullptr) == TP_OK);
  CHECK(predict(state.handle) == predict(other.handle));
}

}  // namespace
