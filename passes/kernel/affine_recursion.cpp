#include "passes/kernel/affine_recursion.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/diag/check.h"
#include "ir/core/fields.h"
#include "ir/core/primitive_traits.h"
#include "ir/core/visit.h"
#include "passes/kernel/recursion.h"

namespace tpc::passes {
namespace {

namespace limit = ir::limit;
using ir::StateId;
using ir::ValueId;

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
            [&](const ir::Gather& rows) { return !depends(rows.index); },
            [&](const ir::Scatter& rows) { return !depends(rows.index); },
            [](const ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex, limit::Unit,
                               ir::Read, ir::OneHot, ir::Softmax, limit::Condition, limit::Accumulated,
                               limit::PairProduct, limit::PairApply, limit::Area, limit::NormalRule, ir::LogSumExp,
                               limit::Append, limit::Combine, ir::Present, ir::FirstOccurrence, ir::AddRows> auto&) {
              return false;
            }},
        op);
  }

  std::vector<bool> depends_;
};

}  // namespace

bool is_affine_recursion(const limit::Module& module) {
  const limit::Function* step = module.find(ir::FunctionRole::step);
  TPC_CHECK(step != nullptr, "a kernel module has a step");
  const auto* read = std::get_if<ir::Read>(
      &module.find(ir::FunctionRole::predict)->at(module.find(ir::FunctionRole::predict)->results.at(0).value).op);
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
