#include "driver/work_estimate.h"

#include <algorithm>

#include "driver/kernel_program.h"

namespace tpc::driver {
namespace {

namespace limit = ir::limit;

/// With residuals under a fifth renewed, the rank stays at some hundreds however long the run (math.md 6a: 443 to 450
/// at tolerance 0.2 of 1920 distinct inputs).
constexpr double bounded_rank = 600.0;

struct Growth {
  double rank = 0.0;     ///< stored directions of a matrix, one side
  double updates = 0.0;  ///< its rank-one updates
};

/// Floating-point operations of one call of a function, by operation.
class FunctionCost {
 public:
  FunctionCost(const limit::Module& module, const limit::Function& function, double batch, double samples,
               Growth growth)
      : module_(module), function_(function), batch_(batch), samples_(samples), growth_(growth) {}

  [[nodiscard]] double flops() const {
    double total = 0.0;
    for (const limit::Instruction& instruction : function_.body) {
      total += std::visit([&](const auto& op) { return cost(op, instruction.type); }, instruction.op);
    }
    return total;
  }

 private:
  [[nodiscard]] double size(const std::vector<ir::DimId>& dims) const {
    double product = 1.0;
    for (ir::DimId dim : dims) {
      const auto known = module_.dim(dim).size;
      product *= known ? static_cast<double>(*known) : batch_;
    }
    return product;
  }
  [[nodiscard]] std::vector<ir::DimId> joint_dims(ir::ValueId lhs, ir::ValueId rhs) const {
    const auto& dims = function_.type(lhs).dims;
    return rhs.valid() ? ir::union_dims(dims, function_.type(rhs).dims) : dims;
  }

  template <class Op>
  [[nodiscard]] double cost(const Op&, const ir::Type&) const {
    return 0.0;  // work on scalars, reads and writes
  }
  [[nodiscard]] double cost(const ir::Map&, const ir::Type& type) const {
    return type.kind == ir::Kind::vector ? 8.0 * samples_ * size(type.dims) : 0.0;
  }
  [[nodiscard]] double cost(const ir::Contract& op, const ir::Type& type) const {
    return type.kind == ir::Kind::vector ? 2.0 * samples_ * size(joint_dims(op.lhs, op.rhs)) : 0.0;
  }
  [[nodiscard]] double cost(const limit::Expect& op, const ir::Type&) const {
    return 2.0 * samples_ * size(joint_dims(op.lhs, op.rhs));
  }
  [[nodiscard]] double cost(const limit::Condition&, const ir::Type& type) const {
    // Two Gram-Schmidt sweeps (project, subtract), the images, and the part along the other family: about six
    // products with the stored directions.
    return 12.0 * samples_ * size(type.dims) * growth_.rank;
  }
  [[nodiscard]] double cost(const limit::Accumulated&, const ir::Type& type) const {
    return 2.0 * samples_ * size(type.dims) * std::min(2.0 * growth_.updates, samples_);
  }
  [[nodiscard]] double cost(const limit::Append& op, const ir::Type&) const {
    // Panels cost nothing to grow; once they are as wide as the sample count the sum is one dense matrix.
    return growth_.updates > samples_ ? 2.0 * samples_ * samples_ * size(function_.type(op.left).dims) : 0.0;
  }

  [[nodiscard]] double cost(const limit::Combine&, const ir::Type&) const {
    return growth_.updates > samples_ ? 4.0 * samples_ * samples_ : 0.0;
  }

  const limit::Module& module_;
  const limit::Function& function_;
  double batch_, samples_;
  Growth growth_;
};

double state_bytes(const limit::Module& module, double samples, const Growth& final_growth) {
  double numbers = 0.0;
  for (const ir::State& state : module.states) {
    if (state.type.kind == ir::Kind::matrix) {
      // Two families with their images; panels of updates, or one dense matrix.
      numbers += samples * (4.0 * final_growth.rank + std::min(2.0 * final_growth.updates, samples));
    } else if (state.type.kind == ir::Kind::vector) {
      double rows = 1.0;
      for (ir::DimId dim : state.type.dims) rows *= static_cast<double>(module.dim(dim).size.value_or(1));
      numbers += 2.0 * samples * rows;
    }
  }
  return 8.0 * numbers;
}

}  // namespace

Work estimate_work(const limit::Module& module, const WorkFacts& facts, int64_t samples, Directions directions) {
  const auto points = static_cast<double>(samples);
  const double updates = static_cast<double>(facts.steps) * static_cast<double>(facts.batch);
  const double most_rank = directions == Directions::renewed ? bounded_rank : points;
  const Growth at_end{std::min(updates, most_rank), updates};
  const Growth on_average{std::min(updates / 2.0, most_rank), updates / 2.0};
  Work work;
  work.bytes = state_bytes(module, points, at_end);
  const auto add = [&](const char* name, int64_t batch, int64_t calls) {
    const limit::Function* function = module.find(name);
    if (function == nullptr || calls == 0) return;
    const FunctionCost cost(module, *function, static_cast<double>(batch), points, on_average);
    work.flops += static_cast<double>(calls) * cost.flops();
  };
  add("step", facts.batch, facts.steps);
  add("predict", facts.evaluated, facts.evaluations);
  for (const limit::Function& function : module.functions) {
    if (is_pair_function(function.name)) add(function.name.c_str(), facts.batch, facts.pair_blocks);
  }
  return work;
}

}  // namespace tpc::driver
