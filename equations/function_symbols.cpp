// Which values of a function get a symbol, and what it is called.
#include <algorithm>
#include <map>

#include "equations/function_parts.h"
#include "equations/function_writer.h"

namespace tpc::equations {

namespace limit = ir::limit;
using ir::Kind;
using ir::ValueId;

std::string matrix_name(const limit::Module& module, ir::StateId matrix, bool transposed) {
  return module.state(matrix).name + (transposed ? "^T" : "");
}

namespace {

bool is_trivial(const limit::Op& op) {
  return std::holds_alternative<ir::Input>(op) || std::holds_alternative<ir::Constant>(op) ||
         std::holds_alternative<ir::DimSize>(op) || std::holds_alternative<ir::Read>(op) ||
         std::holds_alternative<limit::Unit>(op) || std::holds_alternative<limit::NormalRule>(op);
}

bool is_element_of_data(const limit::Function& function, const Places& places, const limit::Op& op) {
  const auto* contract = std::get_if<ir::Contract>(&op);
  return contract != nullptr && places.picked(*contract) &&
         std::holds_alternative<ir::Input>(op_of(function, contract->lhs));
}

/// Rows of the identity at known places, or 1 at every index: x^0.
bool is_row_or_one(const limit::Function& function, const Places& places, const limit::Op& op) {
  if (const auto* row = std::get_if<ir::OneHot>(&op)) {
    return std::holds_alternative<ir::Constant>(op_of(function, row->argument)) || places.is_known(row->argument);
  }
  const auto* map = std::get_if<ir::Map>(&op);
  return map != nullptr && map->primitive == ir::Primitive::Pow && map->power == 0;
}

/// χ times what all examples have in common, 1/B say.
bool is_multiple_of_error(const limit::Function& function, const limit::Op& op) {
  const auto* map = std::get_if<ir::Map>(&op);
  if (map == nullptr || (map->primitive != ir::Primitive::Mul && map->primitive != ir::Primitive::Div)) return false;
  const auto is_error = [&](ValueId id) { return function.at(id).name == ir::output_error_name; };
  const auto is_plain = [&](ValueId id) { return function.type(id) == ir::Type{Kind::scalar, {}}; };
  const ValueId x = map->arguments[0], y = map->arguments[1];
  return (is_error(x) && is_plain(y)) || (is_plain(x) && is_error(y));
}

/// W_0 x, or α W_0 x with the number that rescales W_0; null: it is neither.
const limit::Condition* initial_product(const limit::Function& function, ValueId id) {
  const limit::Op& op = op_of(function, id);
  if (const auto* map = std::get_if<ir::Map>(&op); map != nullptr && map->primitive == ir::Primitive::Mul) {
    if (function.type(map->arguments[0]).kind != Kind::scalar) return nullptr;
    return std::get_if<limit::Condition>(&op_of(function, map->arguments[1]));
  }
  return std::get_if<limit::Condition>(&op);
}

/// Of W x = α W_0 x + (updates of W) x the first summand; null: the value is no such sum.
const limit::Condition* whole_product(const limit::Function& function, const limit::Op& op) {
  const auto* map = std::get_if<ir::Map>(&op);
  if (map == nullptr || map->primitive != ir::Primitive::Add) return nullptr;
  const auto* updates = std::get_if<limit::Accumulated>(&op_of(function, map->arguments[1]));
  const limit::Condition* initial = initial_product(function, map->arguments[0]);
  const bool same = updates != nullptr && initial != nullptr && updates->argument == initial->argument &&
                    updates->transposed == initial->transposed;
  return same ? initial : nullptr;
}

/// A weight times something: the preactivations, which the theory gives a symbol whoever uses them.
bool is_weight_product(const limit::Function& function, const limit::Op& op) {
  if (whole_product(function, op) != nullptr) return true;
  if (const auto* contract = std::get_if<ir::Contract>(&op); contract != nullptr && contract->rhs.valid()) {
    const limit::Op &lhs = op_of(function, contract->lhs), &rhs = op_of(function, contract->rhs);
    return (std::holds_alternative<ir::Read>(lhs) && std::holds_alternative<ir::Input>(rhs)) ||
           (std::holds_alternative<ir::Read>(rhs) && std::holds_alternative<ir::Input>(lhs));
  }
  return std::holds_alternative<limit::Condition>(op) || std::holds_alternative<limit::Accumulated>(op) ||
         std::holds_alternative<limit::PairApply>(op);
}

/// Whose equations stand before those of `function` (equations.cpp); null: it is the first.
const limit::Function* printed_before(const limit::Module& module, const limit::Function& function) {
  std::vector<const limit::Function*> order;
  for (const ir::FunctionRole role : {ir::FunctionRole::predict, ir::FunctionRole::observe, ir::FunctionRole::step}) {
    for (const limit::Function& each : module.functions) {
      if (each.key.role == role) order.push_back(&each);
    }
  }
  const auto place = std::ranges::find(order, function.key, [](const limit::Function* each) { return each->key; });
  return place == order.begin() || place == order.end() ? nullptr : *(place - 1);
}

}  // namespace

void FunctionWriter::choose_symbols() {
  std::vector<int> uses(function_.body.size());
  std::vector<bool> needed(function_.body.size());
  auto need = [&](ValueId id) { needed[id.index] = has_symbol_[id.index] = true; };
  for (const auto& instruction : function_.body) {
    ir::for_each_operand(instruction.op, [&](ValueId operand) { ++uses[operand.index]; });
    std::visit(
        Overloaded{
            [&](const limit::Condition& op) { need(op.argument); },
            [&](const limit::Accumulated& op) { need(op.argument); },
            [&](const limit::Append& op) { need(op.left), need(op.right); },
            [&](const limit::PairProduct& op) { need(op.left), need(op.right); },
            [&](const limit::PairApply& op) { need(op.argument); },
            [](const ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex, limit::Unit,
                               ir::Read, ir::Map, ir::Contract, ir::Relabel, ir::OneHot, ir::Softmax, limit::Expect,
                               limit::Area, limit::NormalRule, ir::LogSumExp, limit::Combine, ir::Gather, ir::Scatter,
                               ir::Present, ir::FirstOccurrence, ir::AddRows, ir::Write> auto&) {}},
        instruction.op);
  }
  for (size_t i = 0; i < function_.body.size(); ++i) {
    const auto& instruction = function_.body[i];
    if (uses[i] > 1 || !instruction.name.empty()) has_symbol_[i] = true;
    if (instruction.name.empty() && is_multiple_of_error(function_, instruction.op)) has_symbol_[i] = false;
    if (is_trivial(instruction.op) || instruction.type.kind == Kind::none) has_symbol_[i] = false;
    if (std::holds_alternative<ir::Relabel>(instruction.op)) has_symbol_[i] = needed[i];
    if (is_element_of_data(function_, places_, instruction.op) || is_row_or_one(function_, places_, instruction.op))
      has_symbol_[i] = false;
    if (places_.is_known(ValueId(i))) has_symbol_[i] = false;
    if (is_weight_product(function_, instruction.op)) has_symbol_[i] = true;
    if (const auto* softmax = std::get_if<ir::Softmax>(&instruction.op)) {
      if (places_.without_absent(softmax->argument)) has_symbol_[softmax->argument.index] = false;
    }
  }
  for (const auto& instruction : function_.body) {  // of a sum of both parts only the sum has a symbol
    if (whole_product(function_, instruction.op) == nullptr) continue;
    for (ValueId part : std::get<ir::Map>(instruction.op).arguments) {
      if (uses[part.index] > 1) continue;
      has_symbol_[part.index] = false;
      ir::for_each_operand(op_of(function_, part), [&](const ValueId& inner) {  // α W_0 x
        const bool product = std::holds_alternative<limit::Condition>(op_of(function_, inner));
        if (product && uses[inner.index] == 1) has_symbol_[inner.index] = false;
      });
    }
  }
  for (ValueId id : notation_.zero) has_symbol_[id.index] = false;
  if (notation_.formulas) write_out_short_formulas(uses);
  for (const ir::Result& result : function_.results) has_symbol_[result.value.index] = true;
}

void FunctionWriter::write_out_short_formulas(const std::vector<int>& uses) {
  constexpr int longest = 8;
  std::vector<int> length(function_.body.size());
  for (size_t i = 0; i < function_.body.size(); ++i) {
    length[i] = 1;
    if (is_element_of_data(function_, places_, function_.body[i].op)) continue;
    ir::for_each_operand(function_.body[i].op, [&](const ValueId& operand) {
      length[i] += has_symbol_[operand.index] ? 1 : length[operand.index];
    });
    if (function_.body[i].name.empty() && (uses[i] == 1 || length[i] <= longest)) has_symbol_[i] = false;
  }
}

bool FunctionWriter::is_variance(ValueId id) const {
  const auto& dims = function_.type(id).dims;
  const auto inputs = std::ranges::count_if(
      dims, [&](ir::DimId dim) { return notation_.letters.find(dim) != notation_.letters.end(); });
  return notation_.formulas && inputs == 1 && function_.at(id).name.starts_with("C^");
}

void FunctionWriter::choose_names() {
  std::map<std::string, int> taken;
  if (const limit::Function* before = printed_before(module_, function_)) {
    numbers_ = FunctionWriter(module_, *before).numbers_;
  }
  const ValueId network_output = function_.result(ir::result_name::output);
  for (size_t i = 0; i < function_.body.size(); ++i) {
    if (!has_symbol_[i]) continue;
    ValueId id(i);
    std::string name = function_.body[i].name;
    if (!name.empty() && namesake(id) != id) {  // written with the name of the other
      names_[i] = name;
      continue;
    }
    for (const ir::Result& result : function_.results) {
      if (result.value == id && name.empty() && id != network_output) name = result.name;
    }
    if (name.empty() && id == network_output) name = "f";
    if (name.empty()) name = made_name(id);
    if (name.empty()) name = number_of(id);
    int count = ++taken[name + (is_variance(id) ? " of one input" : "")];
    names_[i] = count == 1 ? name : name + "." + std::to_string(count);
  }
}

/// Numbered in order, so that equal layers get neighbouring numbers (roll_up.h). A number means the same wherever it is
/// printed: values of two functions share it if and only if their equations are equal.
std::string FunctionWriter::number_of(ValueId id) {
  const ir::Type& type = function_.type(id);
  const std::string letter = type.kind == Kind::scalar ? "θ" : "v";
  std::string meaning = letter + " " + math::render_text(definition(id));
  for (const std::string& subscript : subscripts(type, "", false)) meaning += "," + subscript;
  for (ir::DimId dim : type.dims) meaning += "," + std::to_string(module_.dim(dim).size.value_or(0));  // of lists
  auto [entry, is_new] = numbers_.names.try_emplace(meaning);
  if (is_new) entry->second = letter + std::to_string(++numbers_.count[letter]);
  return entry->second;
}

/// From what the value is: products with weights are named as in the theory, "W z1". Empty: it has no such name.
std::string FunctionWriter::made_name(ValueId id) const {  // NOLINT(misc-no-recursion)
  auto operand_name = [&](ValueId operand) {
    if (const auto* read = std::get_if<ir::Read>(&op_of(function_, operand))) return module_.state(read->state).name;
    if (const auto* input = std::get_if<ir::Input>(&op_of(function_, operand))) return input->name();
    return names_[operand.index].empty() ? std::string("·") : names_[operand.index];
  };
  auto product_name = [&](ir::StateId matrix, bool transposed, ValueId argument) {
    return matrix_name(module_, matrix, transposed) + " " + operand_name(argument);
  };
  const limit::Op& op = op_of(function_, id);
  if (const auto* condition = std::get_if<limit::Condition>(&op)) {
    return product_name(condition->matrix, condition->transposed, condition->argument);
  }
  if (const auto* accumulated = std::get_if<limit::Accumulated>(&op)) {
    return product_name(accumulated->matrix, accumulated->transposed, accumulated->argument);
  }
  if (const auto* initial = whole_product(function_, op)) {
    return product_name(initial->matrix, initial->transposed, initial->argument);
  }
  if (const auto* contract = std::get_if<ir::Contract>(&op); contract != nullptr && contract->rhs.valid() &&
                                                             is_trivial(op_of(function_, contract->lhs)) &&
                                                             is_trivial(op_of(function_, contract->rhs))) {
    return operand_name(contract->lhs) + " " + operand_name(contract->rhs);
  }
  return {};
}

}  // namespace tpc::equations
