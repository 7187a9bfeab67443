#include "evaluation/compiled/input_geometry.h"

#include <doctest/doctest.h>

#include <cmath>

#include "driver_support.h"

using namespace tpc::driver;
using namespace tpc::evaluation;

namespace {

constexpr auto one_layer = "param U : [n, 2] init normal(std = 1)\nparam V : [1, n] init normal(std = 1)";

std::vector<InputRotation> rotations_for(const std::string& first_layer, std::vector<double> inputs) {
  const auto compilation =
      compile_text(program_text(one_layer, " z = tanh(" + first_layer + ")\n return V @ z"), Stage::finite_width);
  const auto count = static_cast<int64_t>(inputs.size()) / 2;
  const LoadedSet set{"train", count, {{"x", 2, std::move(inputs)}}};
  return principal_rotations(*compilation->finite_width, {set});
}

}  // namespace

TEST_CASE("inputs on a line have rank one, and its direction comes first") {
  const auto rotations = rotations_for("U @ x", {3, 4, -6, -8, 1.5, 2});
  REQUIRE(rotations.size() == 1);
  CHECK(rotations[0].state == "U");
  CHECK(rotations[0].size == 2);
  CHECK(rotations[0].rank == 1);
  const std::vector<double>& matrix = rotations[0].matrix;
  CHECK(std::abs(matrix[0]) == doctest::Approx(0.6));  // row j: coordinates of U_j; first column: the main direction
  CHECK(std::abs(matrix[2]) == doctest::Approx(0.8));
  CHECK(matrix[0] * matrix[1] + matrix[2] * matrix[3] == doctest::Approx(0.0));
}

TEST_CASE("what counts is what the weight meets, not the data as read") {
  // A shift leaves the line through the origin: rank two.
  CHECK(rotations_for("U @ (x - 1)", {3, 4, -6, -8, 1.5, 2}).at(0).rank == 2);
  CHECK(rotations_for("U @ (x / 7)", {3, 4, -6, -8, 1.5, 2}).at(0).rank == 1);
}

TEST_CASE("inputs in general position have full rank") { CHECK(rotations_for("U @ x", {1, 0, 1, 1}).at(0).rank == 2); }

TEST_CASE("the Gaussian dimensions of a limit") {
  const auto compilation = compile_text(program_text(one_layer, " z = tanh(U @ x)\n return V @ z"), Stage::limit);
  CHECK(gaussian_dimensions(*compilation->limit, {}) == 3);
  CHECK(gaussian_dimensions(*compilation->limit, {{"U", 2, 1, {1, 0, 0, 1}}}) == 2);
}
