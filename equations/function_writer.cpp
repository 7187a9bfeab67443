#include "equations/function_writer.h"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <set>

#include "equations/equations.h"
#include "equations/function_parts.h"
#include "ir/core/primitive_traits.h"

namespace tpc::equations {
namespace {

namespace limit = ir::limit;
using ir::Kind;
using ir::ValueId;
using math::Math;

/// Without the last bits, which are rounding, and with π: 0.6366.. is 2 / π.
Math readable_number(double value) {
  constexpr double rounding = 1e-14;
  for (int divisor = 1; divisor <= 8; divisor *= 2) {
    const double multiple = value * std::numbers::pi * divisor;
    if (multiple == 0 || std::fabs(multiple) > 8 || std::fabs(multiple - std::round(multiple)) > rounding) continue;
    Math pi = math::symbol("", "π", {});
    return math::quotient(math::number(std::round(multiple)), math::product({math::number(divisor), std::move(pi)}));
  }
  const double rounded = std::stod(fmt::format("{:.14g}", value));
  return math::number(std::fabs(rounded - value) <= rounding * std::fabs(value) ? rounded : value);
}

}  // namespace

FunctionWriter::FunctionWriter(const limit::Module& module, const limit::Function& function, Notation notation)
    : module_(module),
      function_(function),
      notation_(std::move(notation)),
      places_(function),
      has_symbol_(function.body.size()),
      is_zero_(function.body.size()),
      names_(function.body.size()),
      letters_(notation_.letters) {
  for (ValueId id : notation_.zero) is_zero_[id.index] = true;
  choose_symbols();
  choose_names();
}

ValueId FunctionWriter::namesake(ValueId id) const {
  return notation_.named_after.empty() ? id : notation_.named_after[id.index];
}

std::vector<std::string> FunctionWriter::subscripts(const ir::Type& type, const std::string& time,
                                                    bool in_history) const {
  std::vector<std::string> result;
  if (!time.empty()) result.push_back(time);
  for (ir::DimId dim : type.dims) {
    if (!is_of_a_number(dim)) result.push_back(in_history ? history_letter(dim) : letter(dim));
  }
  if (type.kind == Kind::pair) result.insert(result.end(), {"w", "w'"});
  return result;
}

bool FunctionWriter::is_of_a_number(ir::DimId dim) const {
  const ir::Dimension& dimension = module_.dim(dim);
  return dimension.size == 1 && dimension.name == ir::result_name::output;
}

/// In a history a finite dimension is summed by another letter than at the step itself.
std::string FunctionWriter::history_letter(ir::DimId dim) const {
  const auto other = letters_.find(dim);
  return other != letters_.end() ? other->second + "'" : other_letter(module_, dim);
}

std::string FunctionWriter::letter(ir::DimId dim) const {
  const auto other = letters_.find(dim);
  return other != letters_.end() ? other->second : index_letter(module_, dim);
}

Math FunctionWriter::symbol(ValueId id, const std::string& time, bool in_history) const {
  const ir::Type& type = function_.type(id);
  std::vector<std::string> indices = subscripts(type, time, in_history);
  if (is_variance(id)) indices.insert(indices.begin(), indices.front());
  return math::symbol(type.kind == Kind::vector ? "Z" : "", names_[namesake(id).index], std::move(indices));
}

Math FunctionWriter::product_symbol(const std::string& accent, const limit::Condition& op, const std::string& time,
                                    bool in_history) const {
  return math::symbol(accent,
                      matrix_name(module_, op.matrix, op.transposed) + " " + names_[namesake(op.argument).index],
                      subscripts(function_.type(op.argument), time, in_history));
}

Math FunctionWriter::sum_history(ValueId id, const std::string& steps, Math body) const {
  std::string letters;
  for (ir::DimId dim : function_.type(id).dims) {
    if (!is_of_a_number(dim)) letters += (letters.empty() ? "" : ",") + other_letter(module_, dim);
  }
  if (!letters.empty()) body = math::sum(letters, std::move(body));
  return math::sum(steps, std::move(body));
}

std::vector<math::Equation> FunctionWriter::equations() const {
  std::vector<math::Equation> result;
  for (size_t i = 0; i < function_.body.size(); ++i) {
    ValueId id(i);
    const bool silent = !notation_.silent.empty() && notation_.silent[i];
    if (has_symbol_[i] && !silent) result.push_back({symbol(id, notation_.time, false), definition(id), {}});
    if (const auto* write_op = std::get_if<ir::Write>(&function_.body[i].op)) {
      const ir::State& state = module_.state(write_op->state);
      Math next =
          math::symbol(state.type.kind == Kind::vector ? "Z" : "", state.name, subscripts(state.type, "t+1", false));
      result.push_back({std::move(next), write(write_op->value), {}});
    }
    if (const auto* append = std::get_if<limit::Append>(&function_.body[i].op)) write_coefficients(*append, result);
    const auto* rows = std::get_if<ir::AddRows>(&function_.body[i].op);
    if (rows != nullptr && is_first_addition(id, rows->state)) write_added_rows(rows->state, result);
  }
  return result;
}

bool FunctionWriter::is_first_addition(ValueId id, ir::StateId state) const {
  const auto first = std::ranges::find_if(function_.body, [&](const limit::Instruction& instruction) {
    const auto* rows = std::get_if<ir::AddRows>(&instruction.op);
    return rows != nullptr && rows->state == state;
  });
  return first - function_.body.begin() == static_cast<std::ptrdiff_t>(id.index);
}

/// The random variable at one of two independent points.
Math FunctionWriter::at_point(ValueId id, const std::string& point) const {
  Math value = symbol(id, notation_.time, false);
  value.subscripts.push_back(point);
  return value;
}

Math FunctionWriter::write(ValueId id) const {  // NOLINT(misc-no-recursion)
  return has_symbol_[namesake(id).index] ? symbol(id, notation_.time, false) : definition(id);
}

Math FunctionWriter::summed(const std::vector<ir::DimId>& over, Math body) const {
  for (auto dim = over.rbegin(); dim != over.rend(); ++dim) {
    if (!is_of_a_number(*dim)) body = math::sum(letter(*dim), std::move(body));
  }
  return body;
}

/// What `make` writes, where the indices of the sum have letters that no other index of the value has: a relabelled one
/// may have taken theirs.
Math FunctionWriter::with_bound(ValueId id, const std::vector<ir::DimId>& over, FunctionRef make) const {
  const auto outer = letters_;
  std::set<std::string> taken;
  for (ir::DimId dim : function_.type(id).dims) taken.insert(letter(dim));
  for (ir::DimId dim : over) {
    if (taken.contains(letter(dim))) letters_[dim] = free_letter(module_, dim, taken);
    taken.insert(letter(dim));
  }
  Math result = make();
  letters_ = outer;
  return result;
}

Math FunctionWriter::definition(ValueId id) const {  // NOLINT(misc-no-recursion)
  if (is_zero_[id.index]) return math::number(0);
  auto times = [&](ValueId lhs, ValueId rhs) {
    return rhs.valid() ? math::product({write(lhs), write(rhs)}) : write(lhs);
  };
  return std::visit(
      Overloaded{
          [&](const ir::Input&) {
            const std::string& field = std::get<ir::Input>(op_of(function_, namesake(id))).field;
            const auto other = notation_.fields.find(field);
            return math::symbol("", other == notation_.fields.end() ? field : other->second,
                                subscripts(function_.type(id), "", false));
          },
          [&](const ir::Constant& op) {
            return notation_.formulas ? readable_number(op.value) : math::number(op.value);
          },
          [&](const ir::DimSize& op) { return math::symbol("", module_.dim(op.dim).name, {}); },
          // Places are counted from 1, as in the language.
          [&](const ir::DimIndex& op) { return math::plus({math::symbol("", letter(op.dim), {}), math::number(-1)}); },
          [&](const limit::Unit&) { return math::number(1); },
          [&](const ir::Read& op) {
            const ir::State& state = module_.state(op.state);
            return math::symbol(state.type.kind == Kind::vector ? "Z" : "", state.name,
                                subscripts(state.type, notation_.time, false));
          },
          [&](const ir::Map& op) { return map_definition(op); },
          [&](const ir::Contract& op) {
            if (auto element = element_definition(op)) return *element;
            return with_bound(id, op.over, [&] { return summed(op.over, times(op.lhs, op.rhs)); });
          },
          [&](const ir::Relabel& op) { return relabelled(op); },
          [&](const ir::OneHot& op) { return row_of_identity(op); }, [&](const ir::Softmax& op) { return softmax(op); },
          [&](const ir::LogSumExp& op) { return log_sum_exp(op); },
          [&](const limit::Condition& op) {
            return math::plus(
                {product_symbol("hatZ", op, notation_.time, false), product_symbol("dotZ", op, notation_.time, false)});
          },
          [&](const limit::Accumulated& op) { return accumulated_definition(op); },
          [&](const limit::PairProduct& op) {
            Math product = math::product({at_point(op.left, "w"), at_point(op.right, "w'")});
            return summed(function_.type(op.left).dims, std::move(product));
          },
          [&](const limit::PairApply& op) {
            Math pair = write(op.pair);
            if (op.transposed) std::swap(pair.subscripts.end()[-1], pair.subscripts.end()[-2]);
            return math::expectation(math::product({std::move(pair), at_point(op.argument, "w'")}));
          },
          [&](const limit::Expect& op) {
            return with_bound(id, op.over, [&] { return summed(op.over, math::expectation(times(op.lhs, op.rhs))); });
          },
          [&](const limit::Area& op) {
            auto squares = [&](ValueId x) { return summed(op.over, math::power(write(x), 2)); };
            return math::function("sqrt", {math::plus({math::product({squares(op.lhs), squares(op.rhs)}),
                                                       math::negate(math::power(write(op.product), 2))})});
          },
          [&](const limit::NormalRule& op) {
            return math::symbol("", op.weights ? "weight" : "node", {index_letter(module_, op.dim)});
          },
          [&](const ir::Gather& op) { return row_of_table(op); },
          [&](const ir::Scatter& op) {
            Math picked = math::product({row_at(op.index, op.dim), write(op.value)});
            return summed(op.over, std::move(picked));
          },
          [&](const ir::Present& op) { return math::function("present", {write(op.index)}); },
          [&](const ir::FirstOccurrence& op) { return math::function("first", {write(op.index)}); },
          // Effects have no value; equations() writes them.
          [](const ir::OneOf<std::monostate, limit::Append, limit::Combine, ir::AddRows, ir::Write> auto&) {
            return math::words("");
          }},
      op_of(function_, id));
}

/// 1(place, index), places counted as in the language; a number where both are known.
Math FunctionWriter::row_of_identity(const ir::OneHot& op) const {  // NOLINT(misc-no-recursion)
  if (module_.dim(op.dim).size == 1) return math::number(1);
  const auto* known = std::get_if<ir::Constant>(&op_of(function_, op.argument));
  if (known == nullptr) {
    Math index = write(op.argument);
    if (places_.is_known(op.argument)) index = math::plus({std::move(index), math::number(1)});
    return math::function("1", {std::move(index), math::symbol("", letter(op.dim), {})});
  }
  const std::string place = std::to_string(static_cast<int64_t>(known->value) + 1), index = letter(op.dim);
  if (std::isdigit(static_cast<unsigned char>(index.front())) != 0) return math::number(place == index ? 1 : 0);
  return math::function("1", {math::symbol("", place, {}), math::symbol("", index, {})});
}

/// Z^{U}_{context_{i,j}}: the table's symbol with the place in the stead of its index.
Math FunctionWriter::row_of_table(const ir::Gather& op) const {  // NOLINT(misc-no-recursion)
  const auto outer = letters_;
  letters_[op.dim] = math::render_text(write(op.index));
  Math result = write(op.table);
  letters_ = outer;
  return result;
}

/// 1(index, letter): whether the index is this place.
Math FunctionWriter::row_at(ValueId index, ir::DimId dim) const {  // NOLINT(misc-no-recursion)
  return math::function("1", {write(index), math::symbol("", letter(dim), {})});
}

/// What all instructions that add to rows of the state add to each: one equation, by the first of them.
void FunctionWriter::write_added_rows(ir::StateId id, std::vector<math::Equation>& result) const {
  const ir::State& state = module_.state(id);
  const std::string accent = state.type.kind == Kind::vector ? "Z" : "";
  std::vector<Math> terms = {math::symbol(accent, state.name, subscripts(state.type, notation_.time, false))};
  for (const auto& instruction : function_.body) {
    const auto* rows = std::get_if<ir::AddRows>(&instruction.op);
    if (rows == nullptr || rows->state != id) continue;
    const std::vector<ir::DimId> all =
        ir::union_dims(function_.type(rows->index).dims, function_.type(rows->value).dims);
    Math added = math::product({row_at(rows->index, rows->dim), write(rows->value)});
    terms.push_back(summed(ir::without_dims(all, state.type.dims), std::move(added)));
  }
  result.push_back(
      {math::symbol(accent, state.name, subscripts(state.type, "t+1", false)), math::plus(std::move(terms)), {}});
}

/// Over the places that are there alone: softmax_{q≤p}(x).
Math FunctionWriter::softmax(const ir::Softmax& op) const {  // NOLINT(misc-no-recursion)
  const auto some = places_.without_absent(op.argument);
  Math result = math::function("softmax", {write(some ? some->logits : op.argument)});
  result.subscripts = {some ? written_order(some->places) : letter(op.over)};
  return result;
}

std::string FunctionWriter::written_order(const PlaceOrder& order) const {
  const std::string shift = order.offset == 0 ? "" : (order.offset > 0 ? "+" : "") + std::to_string(order.offset);
  return letter(order.inner) + "≤" + letter(order.outer) + shift;
}

/// The index of the sum is bound, so it has a letter of its own.
Math FunctionWriter::log_sum_exp(const ir::LogSumExp& op) const {  // NOLINT(misc-no-recursion)
  const auto outer = letters_;
  const std::string letter = letters_[op.over] = other_letter(module_, op.over);
  Math result = math::function("logsumexp", {write(op.argument)});
  result.subscripts = {letter};
  letters_ = outer;
  return result;
}

/// A sum beside a factor with the same index has another letter: softmax_k(f_k) Σ_{k'} y_{k'}.
Math FunctionWriter::beside(ValueId id, const ir::Map& user) const {  // NOLINT(misc-no-recursion)
  const auto* sum = std::get_if<ir::Contract>(&op_of(function_, id));
  if (sum == nullptr || has_symbol_[namesake(id).index]) return write(id);
  const auto outer = letters_;
  for (ir::DimId dim : sum->over) {
    const bool is_free = std::ranges::any_of(
        user.arguments, [&](ValueId other) { return ir::contains_dim(function_.type(other).dims, dim); });
    if (is_free) letters_[dim] = other_letter(module_, dim);
  }
  Math result = write(id);
  letters_ = outer;
  return result;
}

Math FunctionWriter::map_definition(const ir::Map& op) const {  // NOLINT(misc-no-recursion)
  if (const auto order = places_.order(op)) {
    return math::symbol("", "1", {written_order(*order)});
  }
  std::vector<Math> x;
  for (ValueId argument : op.arguments) x.push_back(beside(argument, op));
  switch (ir::form_of(op.primitive)) {
    case ir::PrimitiveForm::sum: return math::plus(std::move(x));
    case ir::PrimitiveForm::difference: return math::plus({std::move(x[0]), math::negate(std::move(x[1]))});
    case ir::PrimitiveForm::product: return math::product(std::move(x));
    case ir::PrimitiveForm::quotient: return math::quotient(std::move(x[0]), std::move(x[1]));
    case ir::PrimitiveForm::negation: return math::negate(std::move(x[0]));
    case ir::PrimitiveForm::power: return op.power == 0 ? math::number(1) : math::power(std::move(x[0]), op.power);
    case ir::PrimitiveForm::correlation:
    case ir::PrimitiveForm::curve: break;
  }
  return math::function(std::string(ir::primitive_name(op.primitive)), std::move(x));
}

/// A sum over a dimension against a row of the identity is one element: x_{i,3} for the third, counted as in the
/// language.
std::optional<Math> FunctionWriter::element_definition(const ir::Contract& op) const {  // NOLINT(misc-no-recursion)
  const auto place = places_.picked(op);
  ValueId whole = op.lhs;
  while (const auto* relabel = std::get_if<ir::Relabel>(&op_of(function_, whole))) whole = relabel->argument;
  const bool is_symbol = has_symbol_[whole.index] || std::holds_alternative<ir::Input>(op_of(function_, whole));
  if (!place || !is_symbol) return std::nullopt;
  const auto outer = letters_;
  letters_[op.over.front()] = written_place(*place);
  Math result = write(op.lhs);
  letters_ = outer;
  return result;
}

/// Counted from 1, as the letters of indices count: "3", "p+2", "2p-1".
std::string FunctionWriter::written_place(const Places::Affine& place) const {
  std::string text;
  auto number = static_cast<int64_t>(place.constant) + 1;
  for (const auto& [dim, times] : place.indices) {
    const auto factor = static_cast<int64_t>(times);
    number -= factor;
    const std::string size = std::abs(factor) == 1 ? "" : std::to_string(std::abs(factor));
    text += (factor < 0 ? "-" : text.empty() ? "" : "+") + size + letter(dim);
  }
  if (text.empty()) return std::to_string(number);
  return number == 0 ? text : text + (number > 0 ? "+" : "") + std::to_string(number);
}

/// The argument with another index letter.
Math FunctionWriter::relabelled(const ir::Relabel& op) const {  // NOLINT(misc-no-recursion)
  const auto outer = letters_;
  letters_[op.from] = letter(op.to);
  Math result = write(op.argument);
  letters_ = outer;
  return result;
}

}  // namespace tpc::equations
