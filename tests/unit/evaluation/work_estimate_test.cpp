#include "evaluation/compiled/work_estimate.h"

#include <doctest/doctest.h>

#include "driver_support.h"

using namespace tpc::driver;
using namespace tpc::evaluation;

namespace {

const std::string two_layers = program_text(
    "param U : [n, 2] init normal(std = 1)\nparam W : [n, n] init normal(std = 1)\n"
    "param V : [1, n] init normal(std = 1)",
    " z = tanh(W @ tanh(U @ x))\n return V @ z");

}  // namespace

TEST_CASE("work grows with everything it should grow with") {
  const auto compilation = compile_text(two_layers, Stage::limit);
  const auto work = [&](const WorkFacts& facts, int64_t samples) {
    return estimate_work(*compilation->limit, facts, samples);
  };
  const Work base = work({100, 10, 5, 50}, 4096);
  CHECK(base.flops > 0.0);
  CHECK(work({200, 10, 5, 50}, 4096).flops > 1.8 * base.flops);
  CHECK(work({100, 20, 5, 50}, 4096).flops > 1.5 * base.flops);
  CHECK(work({100, 10, 5, 500}, 4096).flops > base.flops);
  CHECK(work({100, 10, 5, 50}, 8192).flops > 1.9 * base.flops);
  // An example that returns brings in fewer directions than new ones; of many no more than some are stored.
  const Work fresh = work({400, 1, 5, 50}, 16384);
  const WorkFacts returning{400, 1, 5, 50, 0, 1};
  CHECK(work(returning, 16384).flops < fresh.flops);
  CHECK(work(returning, 16384).bytes < fresh.bytes);
  CHECK(work({4000, 10, 0, 0}, 4096).bytes == work({40000, 10, 0, 0}, 4096).bytes);
}

TEST_CASE("one step on one example costs about the operations it has") {
  const auto compilation = compile_text(two_layers, Stage::limit);
  const Work work = estimate_work(*compilation->limit, {1, 1, 0, 0}, 1024);
  // Some ten maps, contractions and products of one column.
  CHECK(work.flops > 10.0 * 1024.0);
  CHECK(work.flops < 1000.0 * 1024.0);
}
