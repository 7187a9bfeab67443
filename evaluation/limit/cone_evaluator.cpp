#include "evaluation/limit/cone_evaluator.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <numeric>

#include "evaluation/training/blocks.h"
#include "fmt/format.h"
#include "passes/limit/piecewise_linear.h"

namespace tpc::evaluation {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Rows = Eigen::Map<const RowMajor>;

/// More than this are no longer "exact and cheap": sampling is the better method then.
constexpr int64_t most_points = int64_t{1} << 16;
/// Beside the largest value of a linear function on all cones, what is no longer told from 0.
constexpr double negligible = 1e-12;
constexpr int64_t examples_at_a_time = 64;

/// What became of one cone; empty: it stayed whole.
using Pieces = std::vector<Cone>;

Index point_count(const std::vector<Cone>& cones) {
  return std::accumulate(cones.begin(), cones.end(), Index{0},
                         [](Index sum, const Cone& cone) { return sum + cone.points.cols(); });
}

/// From values at the points of the old cones, [rows, points], to those at the points of the new ones, of variables
/// that are linear within each old cone.
std::vector<double> moved(const std::vector<double>& values, const std::vector<Cone>& before,
                          const std::vector<Pieces>& pieces, Index points) {
  const Index old_points = point_count(before);
  const Rows old(values.data(), static_cast<Index>(values.size()) / old_points, old_points);
  std::vector<double> result(static_cast<size_t>(old.rows() * points));
  Eigen::Map<RowMajor> target(result.data(), old.rows(), points);
  Index from = 0, to = 0;
  for (size_t i = 0; i < before.size(); ++i) {
    const MatrixXd own = old.middleCols(from, before[i].points.cols());
    from += before[i].points.cols();
    if (pieces[i].empty()) {
      target.middleCols(to, own.cols()) = own;
      to += own.cols();
      continue;
    }
    const MatrixXd functions = before[i].linear_functions(own);
    for (const Cone& piece : pieces[i]) {
      target.middleCols(to, piece.points.cols()) = functions * piece.points;
      to += piece.points.cols();
    }
  }
  return result;
}

}  // namespace

ConeEvaluator::ConeEvaluator(const ir::limit::Module& module, const std::vector<InputRotation>& rotations, Turn turn,
                             int threads, bool starts_at_zero)
    : program_(passes::at_points(module)),
      threads_(threads),
      starts_at_zero_(starts_at_zero),
      dimensions_(gaussian_dimensions(module, rotations)),
      cones_(cones_of_space(dimensions_, turn)) {
  start(rotations);
}

/// Z_j = deviation sum_c R[j, c] g_c, each state with Gaussians of its own.
void ConeEvaluator::start(const std::vector<InputRotation>& rotations) {
  network_ = std::make_unique<Interpreter>(program_, points(), 1, threads_);
  const MatrixXd gaussians = all_points();
  Index first = 0;
  for (size_t i = 0; i < program_.states.size(); ++i) {
    const ir::State& state = program_.states[i];
    if (!is_random(i) || state.init.kind != ir::InitKind::gaussian) continue;
    const auto size = static_cast<Index>(network_->state(ir::StateId(i)).size()) / points();
    const auto rotation = std::ranges::find(rotations, state.name, &InputRotation::state);
    MatrixXd directions = MatrixXd::Identity(size, size);
    if (rotation != rotations.end()) {
      directions = Rows(rotation->matrix.data(), size, size).leftCols(rotation->rank);
    }
    const RowMajor values = state.init.value * directions * gaussians.middleRows(first, directions.cols());
    network_->set_state(ir::StateId(i), {values.data(), values.data() + values.size()});
    first += directions.cols();
  }
}

MatrixXd ConeEvaluator::all_points() const {
  MatrixXd all(dimensions_, points());
  Index next = 0;
  for (const Cone& cone : cones_) {
    all.middleCols(next, cone.points.cols()) = cone.points;
    next += cone.points.cols();
  }
  return all;
}

/// What training does not need is not kept: every step would pay for it.
ReplicaValues ConeEvaluator::evaluate(const ir::FunctionKey& function, const LoadedSet& set) {
  const auto of_batch = [&](const Batch& batch) {
    const std::vector<Cone> cones_of_training = cones_;
    const States states_of_training = states();
    ReplicaValues values = call(function, batch);
    if (cones_.size() == cones_of_training.size()) return values;
    cones_ = cones_of_training;
    set_states(states_of_training);
    return values;
  };
  if (function == ir::FunctionRole::loss) return mean_in_blocks(set, examples_at_a_time, of_batch);
  const int64_t block = function == ir::FunctionRole::predict ? examples_at_a_time : set.count;
  return evaluate_in_blocks(set, block, of_batch);
}

ReplicaValues ConeEvaluator::call(const ir::FunctionKey& function, const Batch& batch) {
  cut_at_kinks(function, batch);
  const ir::tp::Function* called = program_.find(function);
  std::vector<double> values = std::move(network_->run(function, batch).at(called->results.front().name));
  check_finite(values, "a number became infinite or undefined");
  const size_t numbers = values.size();
  return {1, numbers, std::move(values)};
}

/// The arguments of the first nonlinearities are linear within each cone; those of later ones once the cones have been
/// cut at the first.
void ConeEvaluator::cut_at_kinks(const ir::FunctionKey& function, const Batch& batch) {
  const ir::FunctionKey kinks = passes::kinks_of(function);
  const ir::tp::Function* found = program_.find(kinks);
  if (found == nullptr) return;
  for (size_t i = 0; i < found->results.size();) {
    const std::map<std::string, std::vector<double>> arguments = network_->run(kinks, batch);
    while (i < found->results.size() && !cut_at(arguments.at(found->results[i].name))) ++i;
  }
}

/// Whether a cone was cut. arguments: [functions, points].
bool ConeEvaluator::cut_at(const std::vector<double>& arguments) {
  const Rows at_points(arguments.data(), static_cast<Index>(arguments.size()) / points(), points());
  std::vector<MatrixXd> functions;
  VectorXd largest = VectorXd::Zero(at_points.rows());
  Index next = 0;
  for (const Cone& cone : cones_) {
    functions.push_back(cone.linear_functions(at_points.middleCols(next, cone.points.cols())));
    largest = largest.cwiseMax((functions.back() * cone.generators).cwiseAbs().rowwise().maxCoeff());
    next += cone.points.cols();
  }
  std::vector<Pieces> pieces;
  int64_t count = 0;
  for (size_t i = 0; i < cones_.size(); ++i) {
    pieces.push_back(cut(cones_[i], functions[i], negligible * largest));
    count += pieces.back().empty() ? cones_[i].points.cols() : point_count(pieces.back());
  }
  if (std::ranges::all_of(pieces, &Pieces::empty)) return false;
  if (count > most_points) {
    throw EvaluationFailure{EvaluationFailure::Kind::capacity,
                            fmt::format("the kinks cut the space of {} Gaussian dimensions into cones with more than "
                                        "{} points",
                                        dimensions_, most_points)};
  }
  States values = states();
  for (size_t i = 0; i < values.size(); ++i) {
    if (is_random(i)) values[i] = moved(values[i], cones_, pieces, count);
  }
  std::vector<Cone> after;
  for (size_t i = 0; i < cones_.size(); ++i) {
    if (pieces[i].empty()) after.push_back(std::move(cones_[i]));
    std::ranges::move(pieces[i], std::back_inserter(after));
  }
  cones_ = std::move(after);
  set_states(values);
  return true;
}

ConeEvaluator::States ConeEvaluator::states() const {
  States values;
  for (size_t i = 0; i < program_.states.size(); ++i) values.push_back(network_->state(ir::StateId(i)));
  return values;
}

int64_t ConeEvaluator::points() const { return point_count(cones_); }

/// In a network with as many coordinates as there are points now.
void ConeEvaluator::set_states(const States& values) {
  network_ = std::make_unique<Interpreter>(program_, points(), 1, threads_);
  for (size_t i = 0; i < values.size(); ++i) network_->set_state(ir::StateId(i), values[i]);
}

/// The rows' values at the points: inner products of rows are expectations.
std::optional<ParameterRows> ConeEvaluator::parameter(const std::string& name, size_t) const {
  const auto found = std::ranges::find(program_.states, name, &ir::State::name);
  const auto index = static_cast<size_t>(found - program_.states.begin());
  if (found == program_.states.end() || !is_random(index)) return std::nullopt;
  const auto values = std::make_shared<const std::vector<double>>(network_->state(ir::StateId(index)));
  const auto fetch = [values, count = points()](int64_t first, int64_t rows, double* out) {
    std::copy_n(values->begin() + first * count, rows * count, out);
  };
  return ParameterRows{{static_cast<int64_t>(values->size()) / points(), points(), fetch}, std::nullopt};
}

}  // namespace tpc::evaluation
