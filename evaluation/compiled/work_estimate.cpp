#include "evaluation/compiled/work_estimate.h"

#include <algorithm>
#include <cmath>

#include "evaluation/compiled/method.h"
#include "ir/core/visit.h"
#include "passes/kernel/pair_functions.h"

namespace tpc::evaluation {
namespace {

namespace limit = ir::limit;

/// Directions that one vector brings in when it is met again and again during training (three examples, tanh, 150
/// steps with momentum: 24 at a threshold of 1e-6).
constexpr double directions_of_a_vector = 32.0;

/// Of each side of a matrix (runtime/matrix/conditioned_matrix.cpp).
constexpr double most_stored = 32.0;
/// The same of this limit: none where products with noise must be the same in every call.
double stored_directions(const limit::Module& module) { return draws_its_start(module) ? 0.0 : most_stored; }
/// Directions and later terms of accumulated updates (runtime/matrix/update_store.h).
double most_updates(double samples) { return 2.0 * std::max(32.0, samples / 128.0) + 64.0; }

/// A product with few vectors at a time waits for the stored directions to arrive from memory: one pass over them takes
/// as long as the arithmetic of about this many vectors (14 GB/s against 40 GFLOP/s).
constexpr double rows_hidden_by_memory = 15.0;
/// For one entry of a function of two points: a primitive, and what it reads and writes.
constexpr double pair_operations = 4.0;

double row_count(const limit::Module& module, const std::vector<ir::DimId>& dims, double batch) {
  double product = 1.0;
  for (ir::DimId dim : dims) {
    const auto known = module.dim(dim).size;
    product *= known ? static_cast<double>(*known) : batch;
  }
  return product;
}

struct Growth {
  double rank = 0.0;     ///< stored directions of a matrix, the side with more
  double updates = 0.0;  ///< its rank-one updates
};

/// What one training step adds to each matrix, by state: a weight shared over T positions is applied T times.
std::vector<Growth> growth_of_a_step(const limit::Module& module, double batch) {
  std::vector<Growth> growth(module.states.size());
  const limit::Function* step = module.find(ir::FunctionRole::step);
  if (step == nullptr) return growth;
  std::vector<double> transposed(module.states.size(), 0.0);
  for (const limit::Instruction& instruction : step->body) {
    if (const auto* condition = std::get_if<limit::Condition>(&instruction.op)) {
      const size_t matrix = condition->matrix.index;
      (condition->transposed ? transposed[matrix] : growth[matrix].rank) +=
          row_count(module, instruction.type.dims, batch);
    } else if (const auto* append = std::get_if<limit::Append>(&instruction.op)) {
      growth[append->matrix.index].updates += row_count(module, step->type(append->left).dims, batch);
    }
  }
  for (size_t i = 0; i < growth.size(); ++i) growth[i].rank = std::max(growth[i].rank, transposed[i]);
  return growth;
}

/// How often a step's vectors are met as new ones.
double visits_as_new(const WorkFacts& facts, double steps) {
  const double epoch =
      facts.examples == 0 ? steps : static_cast<double>(facts.examples) / static_cast<double>(facts.batch);
  return std::min(steps, directions_of_a_vector * epoch);
}

/// Until training ends with `steps`.
std::vector<Growth> after_steps(std::vector<Growth> growth, const WorkFacts& facts, double steps, double samples,
                                double stored) {
  const double visits = visits_as_new(facts, steps);
  for (Growth& matrix : growth) {
    matrix.rank = std::min(visits * matrix.rank, stored);
    matrix.updates = std::min(visits * matrix.updates, most_updates(samples));
  }
  return growth;
}

/// Floating-point operations of one call of a function, by operation.
class FunctionCost {
 public:
  FunctionCost(const limit::Module& module, const limit::Function& function, double batch, double samples,
               const std::vector<Growth>& growth)
      : module_(module), function_(function), batch_(batch), samples_(samples), growth_(growth) {}

  [[nodiscard]] double flops() const {
    double total = 0.0;
    for (const limit::Instruction& instruction : function_.body) {
      total += std::visit([&](const auto& op) { return cost(op, instruction.type); }, instruction.op);
    }
    return total;
  }

 private:
  [[nodiscard]] double size(const std::vector<ir::DimId>& dims) const { return row_count(module_, dims, batch_); }
  [[nodiscard]] const Growth& growth(ir::StateId matrix) const { return growth_[matrix.index]; }
  [[nodiscard]] std::vector<ir::DimId> joint_dims(ir::ValueId lhs, ir::ValueId rhs) const {
    const auto& dims = function_.type(lhs).dims;
    return rhs.valid() ? ir::union_dims(dims, function_.type(rhs).dims) : dims;
  }

  /// Work on scalars, reads and writes.
  template <ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex, limit::Unit, ir::Read,
                      ir::Relabel, ir::OneHot, ir::Softmax, limit::Area, limit::NormalRule, ir::LogSumExp, ir::Gather,
                      ir::Present, ir::FirstOccurrence, ir::Write>
                Op>
  [[nodiscard]] double cost(const Op&, const ir::Type&) const {
    return 0.0;
  }
  [[nodiscard]] double cost(const ir::Map&, const ir::Type& type) const {
    if (type.kind == ir::Kind::pair) return pair_operations * samples_ * samples_;
    return type.kind == ir::Kind::vector ? 8.0 * samples_ * size(type.dims) : 0.0;
  }
  [[nodiscard]] double cost(const ir::Contract& op, const ir::Type& type) const {
    return type.kind == ir::Kind::vector ? 2.0 * samples_ * size(joint_dims(op.lhs, op.rhs)) : 0.0;
  }
  template <ir::OneOf<ir::Scatter, ir::AddRows> Rows>
  [[nodiscard]] double cost(const Rows& op, const ir::Type&) const {
    const bool is_random = function_.type(op.value).kind == ir::Kind::vector;
    return is_random ? 2.0 * samples_ * size(joint_dims(op.value, op.index)) : 0.0;
  }
  [[nodiscard]] double cost(const limit::Expect& op, const ir::Type&) const {
    return 2.0 * samples_ * size(joint_dims(op.lhs, op.rhs));
  }
  [[nodiscard]] double cost(const limit::Condition& op, const ir::Type& type) const {
    // Two Gram-Schmidt sweeps (project, subtract), the images, and the part along the other family: about six
    // products with the stored directions. Beyond those, four Hadamard transforms.
    const double stored = growth(op.matrix).rank;
    const double transforms =
        stored < stored_directions(module_) ? 0.0 : 4.0 * std::log2(samples_) * samples_ * size(type.dims);
    return 12.0 * samples_ * (size(type.dims) + rows_hidden_by_memory) * stored + transforms;
  }
  [[nodiscard]] double cost(const limit::Accumulated& op, const ir::Type& type) const {
    return 4.0 * samples_ * (size(type.dims) + rows_hidden_by_memory) * growth(op.matrix).updates;
  }
  [[nodiscard]] double cost(const limit::PairProduct& op, const ir::Type&) const {
    return 2.0 * samples_ * samples_ * size(function_.type(op.left).dims);
  }
  [[nodiscard]] double cost(const limit::PairApply&, const ir::Type& type) const {
    return 2.0 * samples_ * samples_ * (size(type.dims) + rows_hidden_by_memory);
  }
  [[nodiscard]] double cost(const limit::Append& op, const ir::Type&) const {
    // Its share of the next compression: inner products and the rotation.
    return 12.0 * samples_ * growth(op.matrix).updates * size(function_.type(op.left).dims);
  }
  [[nodiscard]] double cost(const limit::Combine& op, const ir::Type&) const {
    return 4.0 * growth(op.matrix).updates * growth(op.matrix).updates;
  }

  const limit::Module& module_;
  const limit::Function& function_;
  double batch_, samples_;
  const std::vector<Growth>& growth_;
};

double state_bytes(const limit::Module& module, double samples, const std::vector<Growth>& final_growth) {
  double numbers = 0.0;
  for (size_t i = 0; i < module.states.size(); ++i) {
    const ir::State& state = module.states[i];
    if (state.type.kind == ir::Kind::matrix) {
      // Two families with their images; two bases of updates with as many terms waiting.
      numbers += samples * (4.0 * final_growth[i].rank + 4.0 * final_growth[i].updates);
    } else if (state.type.kind == ir::Kind::pair) {
      numbers += 0.5 * samples * samples;  // single precision
    } else if (state.type.kind == ir::Kind::vector) {
      double rows = 1.0;
      for (ir::DimId dim : state.type.dims) rows *= static_cast<double>(module.dim(dim).size.value_or(1));
      numbers += 2.0 * samples * rows;
    }
  }
  return 8.0 * numbers;
}

double call_bytes(const limit::Module& module, double batch, double samples) {
  const limit::Function* step = module.find(ir::FunctionRole::step);
  if (step == nullptr) return 0.0;
  double rows = 0.0;
  for (const limit::Instruction& instruction : step->body) {
    if (instruction.type.kind == ir::Kind::vector) rows += row_count(module, instruction.type.dims, batch);
  }
  return 0.5 * 8.0 * samples * rows;
}

}  // namespace

WorkFacts work_facts(const TrainingPlan& plan) {
  WorkFacts facts{plan.steps, plan.batch, static_cast<int64_t>(plan.recorded.size()), 0};
  facts.examples = plan.train->count;
  for (const TrainingPlan::Observed& item : plan.predicted) facts.evaluated += item.set->count;
  return facts;
}

bool meets_more_than_is_stored(const limit::Module& module, const WorkFacts& facts) {
  const std::vector<Growth> met = growth_of_a_step(module, static_cast<double>(facts.batch));
  return std::ranges::any_of(met, [&](const Growth& matrix) {
    return matrix.rank * visits_as_new(facts, static_cast<double>(facts.steps)) > most_stored;
  });
}

Work estimate_work(const limit::Module& module, const WorkFacts& facts, int64_t samples) {
  const auto points = static_cast<double>(samples);
  const auto steps = static_cast<double>(facts.steps);
  const std::vector<Growth> of_a_step = growth_of_a_step(module, static_cast<double>(facts.batch));
  const std::vector<Growth> at_end = after_steps(of_a_step, facts, steps, points, stored_directions(module));
  const std::vector<Growth> on_average = after_steps(of_a_step, facts, 0.5 * steps, points, stored_directions(module));
  Work work;
  work.bytes = state_bytes(module, points, at_end);
  work.call_bytes = call_bytes(module, static_cast<double>(facts.batch), points);
  const auto add = [&](const ir::FunctionKey& key, int64_t batch, int64_t calls) {
    const limit::Function* function = module.find(key);
    if (function == nullptr || calls == 0) return;
    const FunctionCost cost(module, *function, static_cast<double>(batch), points, on_average);
    work.flops += static_cast<double>(calls) * cost.flops();
  };
  add(ir::FunctionRole::step, facts.batch, facts.steps);
  add(ir::FunctionRole::predict, facts.evaluated, facts.evaluations);
  for (const limit::Function& function : module.functions) {
    if (passes::is_pair_function(module, function.key)) add(function.key, facts.batch, facts.pair_blocks);
  }
  return work;
}

}  // namespace tpc::evaluation
