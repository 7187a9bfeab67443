#include "passes/kernel/kernel_functions.h"

#include <algorithm>
#include <functional>
#include <set>

#include "base/diag/check.h"
#include "ir/core/fields.h"
#include "ir/core/primitive_traits.h"
#include "ir/core/visit.h"
#include "passes/simplify/dce.h"

namespace tpc::passes {
namespace {

namespace limit = ir::limit;
using ir::StateId;
using ir::ValueId;

template <class F>
void for_each_state(limit::Op& op, F&& f) {
  ir::for_each_field(op, [&](const char*, auto& field) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, StateId>) f(field);
  });
}

/// Drops the states that no function mentions: they would be drawn, and sampled, for nothing.
void drop_unused_states(limit::Module& module) {
  std::vector<bool> used(module.states.size(), false);
  const auto for_all = [&](const std::function<void(StateId&)>& visit) {
    for (limit::Function& function : module.functions) {
      for (limit::Instruction& instruction : function.body) for_each_state(instruction.op, visit);
    }
  };
  for_all([&](StateId& state) { used[state.index] = true; });
  std::vector<StateId> renamed(module.states.size());
  std::vector<ir::State> kept;
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    renamed[i] = StateId(kept.size());
    kept.push_back(module.states[i]);
  }
  for_all([&](StateId& state) { state = renamed[state.index]; });
  module.states = std::move(kept);
}

limit::Module only(limit::Module module, const std::function<bool(const std::string&)>& wanted) {
  std::erase_if(module.functions, [&](const limit::Function& function) { return !wanted(function.name); });
  drop_unused_states(module);
  return module;
}

/// The state f : scalar[P, k] that `predict` reads.
const ir::State& function_state(const limit::Module& module) {
  const limit::Function* predict = module.find("predict");
  TPC_CHECK(predict != nullptr, "a kernel module predicts");
  const auto* read = std::get_if<ir::Read>(&predict->at(predict->results.at(0).value).op);
  TPC_CHECK(read != nullptr && module.state(read->state).type.dims.size() == 2, "predict reads f : scalar[P, k]");
  return module.state(read->state);
}

/// A step that changes nothing: the loss alone.
limit::Function loss_of_step(limit::Function step) {
  step.name = "loss";
  for (limit::Instruction& instruction : step.body) {
    if (!std::holds_alternative<ir::Write>(instruction.op)) continue;
    instruction.op = ir::Constant{0.0};
    instruction.type = {ir::Kind::scalar, {}};
  }
  eliminate_dead_code(step);
  return step;
}

/// What of a recursion depends on f: states, and values of the function at hand.
class Dependence {
 public:
  /// Whether every write is affine in what depends on f or the targets; adds the states that do.
  bool affine_step(const limit::Function& step, std::set<StateId>& moving) {
    depends_.assign(step.body.size(), false);
    bool affine = true;
    std::vector<bool> broken(step.body.size(), false);  // not affine, or made from what is not
    for (size_t i = 0; i < step.body.size(); ++i) {
      const limit::Instruction& instruction = step.body[i];
      const std::vector<ValueId> operands = ir::operands(instruction.op);
      const auto any = [&](const std::vector<bool>& marks) {
        return std::any_of(operands.begin(), operands.end(), [&](ValueId id) { return marks[id.index]; });
      };
      depends_[i] = any(depends_) || is_source(instruction.op, moving);
      broken[i] = any(broken) || (any(depends_) && !is_affine(instruction.op));
      if (const auto* write = std::get_if<ir::Write>(&instruction.op)) {
        affine = affine && !broken[i];
        if (depends_[i]) moving.insert(write->state);
      }
    }
    return affine;
  }

 private:
  [[nodiscard]] static bool is_source(const limit::Op& op, const std::set<StateId>& moving) {
    if (const auto* read = std::get_if<ir::Read>(&op)) return moving.contains(read->state);
    const auto* input = std::get_if<ir::Input>(&op);
    return input != nullptr && input->field != kernel_field && input->field != index_field;
  }
  [[nodiscard]] bool depends(ValueId id) const { return id.valid() && depends_[id.index]; }

  /// Of an operation with at least one operand that depends.
  [[nodiscard]] bool is_affine(const limit::Op& op) const {
    return std::visit(
        ir::Overloaded{
            [&]<ir::SymmetricBilinear Sum>(const Sum& sum) { return !(depends(sum.lhs) && depends(sum.rhs)); },
            [&](const ir::Map& map) {
              const bool second = map.arguments.size() > 1 && depends(map.arguments[1]);
              return ir::is_affine_in(map.primitive, map.power, {depends(map.arguments[0]), second});
            },
            [](const ir::OneOf<ir::Relabel, ir::Write> auto&) { return true; },
            [](const ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, limit::Unit, ir::Read, ir::OneHot,
                               ir::Softmax, limit::Condition, limit::Accumulated, limit::GaussHermite, ir::LogSumExp,
                               limit::Append, limit::Combine> auto&) { return false; }},
        op);
  }

  std::vector<bool> depends_;
};

/// The dimensions that carry Gauss-Hermite nodes.
std::set<ir::DimId> quadrature_dims(const limit::Module& module) {
  std::set<ir::DimId> dims;
  for (const limit::Function& function : module.functions) {
    for (const limit::Instruction& instruction : function.body) {
      if (const auto* rule = std::get_if<limit::GaussHermite>(&instruction.op)) dims.insert(rule->dim);
    }
  }
  return dims;
}

}  // namespace

limit::Module without_unknown_sizes(const limit::Module& module) {
  return module.find("kernel") == nullptr ? module : only(module, is_pair_function);
}

limit::Module pair_function(const limit::Module& module, const std::string& function) {
  return only(module, [&](const std::string& name) { return name == function; });
}

limit::Module recursion_functions(const limit::Module& module, int64_t points, std::optional<int64_t> outputs) {
  limit::Module recursion =
      only(module, [](const std::string& name) { return name == "start" || name == "step" || name == "predict"; });
  const ir::Type type = function_state(recursion).type;
  recursion.dims[type.dims[0].index].size = points;
  if (outputs) recursion.dims[type.dims[1].index].size = outputs;
  const limit::Function* step = recursion.find("step");
  TPC_CHECK(step != nullptr, "a kernel module has a step");
  recursion.functions.push_back(loss_of_step(*step));
  return recursion;
}

bool starts_random(const limit::Module& module) {
  const limit::Function* kernel = module.find("kernel");
  return kernel != nullptr && kernel->result("nngp").valid();
}

bool has_random_variables(const limit::Module& module) {
  return std::any_of(module.functions.begin(), module.functions.end(), [](const limit::Function& function) {
    return std::any_of(function.body.begin(), function.body.end(), [](const limit::Instruction& instruction) {
      return instruction.type.kind == ir::Kind::vector || instruction.type.kind == ir::Kind::matrix;
    });
  });
}

int64_t quadrature_nodes(const limit::Module& module) {
  int64_t most = 0;
  for (ir::DimId dim : quadrature_dims(module)) most = std::max(most, module.dim(dim).size.value_or(0));
  return most;
}

limit::Module with_quadrature_nodes(limit::Module module, int64_t nodes) {
  for (ir::DimId dim : quadrature_dims(module)) module.dims[dim.index].size = nodes;
  return module;
}

bool is_affine_recursion(const limit::Module& module) {
  const limit::Function* step = module.find("step");
  TPC_CHECK(step != nullptr, "a kernel module has a step");
  const auto* read = std::get_if<ir::Read>(&module.find("predict")->at(module.find("predict")->results.at(0).value).op);
  TPC_CHECK(read != nullptr, "predict reads f");
  std::set<StateId> moving = {read->state};
  Dependence dependence;
  // States that are found to depend on f (a momentum) are sources in the next round; there are finitely many.
  for (size_t known = 0; known != moving.size();) {
    known = moving.size();
    if (!dependence.affine_step(*step, moving)) return false;
  }
  return true;
}

}  // namespace tpc::passes
