#include "frontend/ast/walk.h"

namespace tpc::ast {
namespace {

using Parts = std::vector<const Expression*>;

struct PartsOf {
  Parts operator()(const Reference&) const { return {}; }
  Parts operator()(const Number&) const { return {}; }
  Parts operator()(const Text&) const { return {}; }
  Parts operator()(const Whole&) const { return {}; }
  Parts operator()(const Transpose& node) const { return {node.operand.get()}; }
  Parts operator()(const Member& node) const { return {node.operand.get()}; }
  Parts operator()(const Negate& node) const { return {node.operand.get()}; }
  Parts operator()(const Binary& node) const { return {node.lhs.get(), node.rhs.get()}; }
  Parts operator()(const Power& node) const { return {node.base.get()}; }
  Parts operator()(const Range& node) const { return {node.first.get(), node.last.get()}; }
  Parts operator()(const Bracket& node) const { return all(node.entries); }
  Parts operator()(const Call& node) const {
    Parts parts;
    for (const Argument& argument : node.arguments) parts.push_back(argument.value.get());
    return parts;
  }
  Parts operator()(const Index& node) const {
    Parts parts = all(node.indices);
    parts.insert(parts.begin(), node.operand.get());
    return parts;
  }
  static Parts all(const std::vector<ExpressionPtr>& expressions) {
    Parts parts;
    for (const ExpressionPtr& each : expressions) parts.push_back(each.get());
    return parts;
  }
};

struct ExpressionsOf {
  Parts operator()(const Assignment& node) const {
    Parts parts = PartsOf::all(node.indices);
    parts.push_back(node.value.get());
    return parts;
  }
  Parts operator()(const Return& node) const { return {node.value.get()}; }
  Parts operator()(const Adapt& node) const { return {node.rule.get(), node.loss.get()}; }
  Parts operator()(const For& node) const {
    Parts parts = {node.range.get()};
    for (const Statement& statement : node.body) {
      const Parts inner = expressions_of(statement);
      parts.insert(parts.end(), inner.begin(), inner.end());
    }
    return parts;
  }
};

}  // namespace

std::vector<const Expression*> parts_of(const Expression& expression) { return std::visit(PartsOf(), expression.node); }

const Expression* first_part(const Expression& expression, const std::function<bool(const Expression&)>& wanted) {
  if (wanted(expression)) return &expression;
  for (const Expression* part : parts_of(expression)) {
    if (const Expression* found = first_part(*part, wanted)) return found;
  }
  return nullptr;
}

std::vector<const Expression*> expressions_of(const Statement& statement) {
  return std::visit(ExpressionsOf(), statement.node);
}

}  // namespace tpc::ast
