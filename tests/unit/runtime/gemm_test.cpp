#include "runtime/algebra/gemm.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

using namespace tpc::runtime;

namespace {

constexpr std::size_t rows = 28, columns = 96, inner = 256;

std::vector<double> numbers(std::size_t count, double frequency) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = std::sin(frequency * static_cast<double>(i + 1));
  return values;
}

}  // namespace

TEST_CASE("products computed by several threads at the same time are right") {
  // A BLAS without locks around its buffers fails here a few times a second.
  std::atomic<int> wrong{0};
  const auto work = [&](double frequency) {
    const std::vector<double> a = numbers(rows * inner, frequency);
    const std::vector<double> b = numbers(columns * inner, 2.0 * frequency);
    std::vector<double> expected(rows * columns, 0.0), found(rows * columns);
    for (std::size_t i = 0; i < rows * columns; ++i) {
      for (std::size_t j = 0; j < inner; ++j) {
        expected[i] += a[i / columns * inner + j] * b[i % columns * inner + j];
      }
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(800);
    while (std::chrono::steady_clock::now() < end) {
      gemm(Layout::plain, Layout::transposed, rows, columns, inner, 1.0, a.data(), inner, b.data(), inner, 0.0,
           found.data(), columns);
      for (std::size_t i = 0; i < found.size(); ++i) {
        if (!(std::abs(found[i] - expected[i]) < 1e-9)) {
          ++wrong;
          break;
        }
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i <= 4; ++i) threads.emplace_back(work, 0.1 * i);
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}
