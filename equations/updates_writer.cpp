// What earlier steps of training added to a matrix: sums over its history, and their coefficients.
#include <set>

#include "equations/function_parts.h"
#include "equations/function_writer.h"

namespace tpc::equations {
namespace {

namespace limit = ir::limit;
using ir::ValueId;
using math::Math;

std::vector<limit::Combine> combines_of(const limit::Function& step, ir::StateId matrix) {
  std::vector<limit::Combine> result;
  for (const auto& instruction : step.body) {
    const auto* op = std::get_if<limit::Combine>(&instruction.op);
    if (op != nullptr && op->matrix == matrix) result.push_back(*op);
  }
  return result;
}

/// The matrix, those it takes updates of and those that take its own.
std::set<ir::StateId> matrices_with_its_updates(const limit::Function& step, ir::StateId matrix) {
  std::set<ir::StateId> group{matrix};
  for (const auto& instruction : step.body) {
    const auto* op = std::get_if<limit::Combine>(&instruction.op);
    if (op == nullptr) continue;
    if (op->matrix == matrix) group.insert(op->source);
    if (op->source == matrix) group.insert(op->matrix);
  }
  return group;
}

}  // namespace

/// Outer products that are appended to several matrices (a weight and its momentum) have one number, by the order in
/// which they first occur.
const FunctionWriter::UpdateNumbers& FunctionWriter::update_numbers(ir::StateId matrix) const {
  const auto [known, is_new] = update_numbers_.try_emplace(matrix);
  UpdateNumbers& numbers = known->second;
  if (!is_new) return numbers;
  const std::set<ir::StateId> group = matrices_with_its_updates(function_, matrix);
  for (const auto& instruction : function_.body) {
    const auto* append = std::get_if<limit::Append>(&instruction.op);
    if (append == nullptr || !group.contains(append->matrix)) continue;
    numbers.try_emplace({append->left, append->right}, numbers.size() + 1);
  }
  return numbers;
}

/// The coefficient with which the outer product of `append`, an instruction of this function, stands in the updates of
/// `matrix`.
Math FunctionWriter::coefficient_symbol(ir::StateId matrix, const limit::Append& append,
                                        std::vector<std::string> subscripts) const {
  const UpdateNumbers& numbers = update_numbers(append.matrix);
  std::string name = module_.state(matrix).name;
  if (numbers.size() > 1) name += "." + std::to_string(numbers.at({append.left, append.right}));
  return math::symbol("c", std::move(name), std::move(subscripts));
}

/// c_{t+1,t} of what is appended at step t, and the recursion of the older ones (math.md 7).
void FunctionWriter::write_coefficients(const limit::Append& append, std::vector<math::Equation>& result) const {
  const std::vector<limit::Combine> combines = combines_of(function_, append.matrix);
  if (combines.empty()) return;
  auto symbol_of = [&](ir::StateId matrix, const char* time, const char* made_at) {
    return coefficient_symbol(matrix, append, {time, made_at});
  };
  result.push_back({symbol_of(append.matrix, "t+1", "t"), write(append.coefficient), {}});
  std::vector<Math> terms;
  for (const limit::Combine& op : combines) {
    terms.push_back(math::product({write(op.coefficient), symbol_of(op.source, "t", "s")}));
  }
  result.push_back({symbol_of(append.matrix, "t+1", "s"), math::plus(std::move(terms)),
                    "for s<t: coefficients of the updates of " + module_.state(append.matrix).name});
}

const FunctionWriter& FunctionWriter::writer_of_step(const limit::Function& step) const {
  if (&step == &function_) return *this;
  if (step_writer_ == nullptr) step_writer_ = std::make_shared<const FunctionWriter>(module_, step);
  return *step_writer_;
}

Math placeholder() { return math::symbol("?", "", {}); }

/// sum_{s<t} sum_j coefficient E[Z^{right}_{s,j} Z^x_t] Z^{left}_{s,j}, one such sum per append of the training step.
/// Made once for all x: a recurrence has as many x as appends.
Math FunctionWriter::accumulated_definition(const limit::Accumulated& op) const {  // NOLINT(misc-no-recursion)
  const Math argument = write(op.argument);
  if (argument.shape != math::Shape::symbol) return updates_that_meet(op, argument);
  const auto [known, is_new] = updates_.try_emplace({op.matrix, op.transposed});
  if (is_new) {
    known->second = updates_that_meet(op, placeholder());
    if (notation_.shorten) notation_.shorten(known->second);
  }
  Math result = known->second;
  math::substitute(result, placeholder(), argument);
  return result;
}

Math FunctionWriter::updates_that_meet(const limit::Accumulated& op,
                                       const Math& argument) const {  // NOLINT(misc-no-recursion)
  const limit::Function* step = module_.find(ir::FunctionRole::step);
  if (step == nullptr) return math::number(0);
  const FunctionWriter& other = writer_of_step(*step);
  const bool combined = !combines_of(*step, op.matrix).empty();
  std::vector<Math> terms;
  for (const auto& instruction : step->body) {
    const auto* append = std::get_if<limit::Append>(&instruction.op);
    if (append == nullptr || append->matrix != op.matrix) continue;
    ValueId met = op.transposed ? append->left : append->right;
    ValueId made = op.transposed ? append->right : append->left;
    Math overlap = math::expectation(math::product({other.symbol(met, "s", true), argument}));
    Math coefficient =
        combined ? other.coefficient_symbol(op.matrix, *append, {"t", "s"}) : other.write(append->coefficient);
    Math body = math::product({std::move(coefficient), std::move(overlap), other.symbol(made, "s", true)});
    terms.push_back(other.sum_history(made, "s<t", std::move(body)));
  }
  return terms.empty() ? math::number(0) : math::plus(std::move(terms));
}

}  // namespace tpc::equations
