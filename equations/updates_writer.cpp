// What earlier steps of training added to a matrix: sums over its history, and their coefficients.
#include <algorithm>

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

/// The coefficient with which the outer product of `append` stands in the updates of `matrix`: outer products that are
/// appended to several matrices (a weight and its momentum) have one number, by the order in which they first occur.
Math coefficient_symbol(const limit::Module& module, const limit::Function& step, ir::StateId matrix,
                        const limit::Append& append, std::vector<std::string> subscripts) {
  std::vector<std::pair<ValueId, ValueId>> seen;
  const std::pair wanted(append.left, append.right);
  for (const auto& instruction : step.body) {
    const auto* other = std::get_if<limit::Append>(&instruction.op);
    if (other == nullptr) continue;
    const bool same_group = other->matrix == append.matrix ||
                            std::ranges::any_of(combines_of(step, append.matrix),
                                                [&](const limit::Combine& op) { return op.source == other->matrix; }) ||
                            std::ranges::any_of(combines_of(step, other->matrix),
                                                [&](const limit::Combine& op) { return op.source == append.matrix; });
    const std::pair pair(other->left, other->right);
    if (same_group && std::ranges::find(seen, pair) == seen.end()) seen.push_back(pair);
  }
  const auto number = std::ranges::find(seen, wanted) - seen.begin() + 1;
  std::string name = module.state(matrix).name;
  if (seen.size() > 1) name += "." + std::to_string(number);
  return math::symbol("c", std::move(name), std::move(subscripts));
}

}  // namespace

/// c_{t+1,t} of what is appended at step t, and the recursion of the older ones (math.md 7).
void FunctionWriter::write_coefficients(const limit::Append& append, std::vector<math::Equation>& result) const {
  const std::vector<limit::Combine> combines = combines_of(function_, append.matrix);
  if (combines.empty()) return;
  auto symbol_of = [&](ir::StateId matrix, const char* time, const char* made_at) {
    return coefficient_symbol(module_, function_, matrix, append, {time, made_at});
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

/// sum_{s<t} sum_j coefficient E[Z^{right}_{s,j} Z^x_t] Z^{left}_{s,j}, one such sum per append of the training step.
Math FunctionWriter::accumulated_definition(const limit::Accumulated& op) const {  // NOLINT(misc-no-recursion)
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
    Math overlap = math::expectation(math::product({other.symbol(met, "s", true), write(op.argument)}));
    Math coefficient = combined ? coefficient_symbol(module_, *step, op.matrix, *append, {"t", "s"})
                                : other.write(append->coefficient);
    Math body = math::product({std::move(coefficient), std::move(overlap), other.symbol(made, "s", true)});
    terms.push_back(other.sum_history(made, "s<t", std::move(body)));
  }
  return terms.empty() ? math::number(0) : math::plus(std::move(terms));
}

}  // namespace tpc::equations
