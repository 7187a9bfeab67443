#include "passes/autodiff/expand_gradients.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "base/diag/check.h"
#include "ir/core/text_printer.h"
#include "ir/core/typing.h"
#include "ir/tp/dialect.h"
#include "passes/autodiff/reverse.h"
#include "passes/simplify/rewriter.h"
#include "passes/simplify/storage_order.h"

namespace tpc::passes {

using ir::DimId;
using ir::Kind;
using ir::Primitive;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

bool is_gradient(const tp::Instruction& instruction) { return std::holds_alternative<tp::Gradient>(instruction.op); }

/// By value: whether `of` is made of it.
std::vector<bool> ancestors(const tp::Function& function, ValueId of) {
  std::vector<bool> found(function.body.size(), false);
  found[of.index] = true;
  for (size_t i = of.index + size_t{1}; i-- > 0;) {
    if (!found[i]) continue;
    for (ValueId operand : ir::operands(function.body[i].op)) found[operand.index] = true;
  }
  return found;
}

/// The dimensions whose indices an operation does not keep apart: those that it sums over or renames.
std::vector<DimId> mixed_dims(const tp::Function& function, const tp::Op& op) {
  if (const auto* outer = std::get_if<tp::Outer>(&op)) {
    return ir::without_dims(ir::union_dims(function.type(outer->left).dims, function.type(outer->right).dims),
                            outer->kept);
  }
  std::vector<DimId> mixed;
  ir::for_each_field(op, [&](const char*, const auto& field) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, DimId>) mixed.push_back(field);
    if constexpr (std::is_same_v<Field, std::vector<DimId>>) mixed.insert(mixed.end(), field.begin(), field.end());
  });
  return mixed;
}

/// Why the gradient at `id` is not one for every index; empty: it is.
std::string fault_of(const tp::Module& module, const tp::Function& function, ValueId id) {
  const auto& gradient = std::get<tp::Gradient>(function.at(id).op);
  const std::vector<bool> active = differentiable_values(function, {gradient.wrt});
  const std::vector<bool> inside = ancestors(function, gradient.of);
  for (size_t i = gradient.wrt.index + size_t{1}; i < function.body.size(); ++i) {
    if (!active[i] || !inside[i]) continue;
    const tp::Instruction& instruction = function.body[i];
    for (DimId dim : mixed_dims(function, instruction.op)) {
      if (!ir::contains_dim(function.type(gradient.of).dims, dim)) continue;
      return "the gradient %" + std::to_string(id.index) + " of `" + function.name() +
             "` is not one for every index of " + module.dim(dim).name + ", which are mixed by " +
             instruction_text(tp::dialect, module, i, instruction);
    }
  }
  return {};
}

/// Rebuilds one function without gradients.
class Expansion {
 public:
  Expansion(tp::Module& module, tp::Function& function)
      : function_(function),
        old_(std::exchange(function.body, {})),
        builder_(module, function),
        renamed_(old_.size()) {}

  void run() {
    for (size_t i = 0; i < old_.size(); ++i) {
      if (renamed_[i].valid()) continue;  // a gradient that an earlier sweep found
      if (is_gradient(old_[i])) {
        expand(i);
      } else {
        copy(i);
      }
    }
    for (ir::Result& result : function_.results) result.value = as_before(result.value);
  }

 private:
  /// Gradients of one value, and for each of them the values whose adjoints it is the sum of.
  struct Sweep {
    std::vector<size_t> gradients;
    std::vector<std::vector<ValueId>> sources;
  };

  void copy(size_t i) {
    const tp::Instruction& instruction = old_[i];
    tp::Op op = instruction.op;
    builder_.at(instruction.span);
    if (auto* write = std::get_if<ir::Write>(&op)) {
      write->value = as_before(write->value);
    } else {
      ir::for_each_operand(op, [&](ValueId& operand) { operand = renamed_[operand.index]; });
    }
    builder_.name_next(instruction.name);
    const auto* input = std::get_if<ir::Input>(&op);
    renamed_[i] = input != nullptr ? builder_.input(*input, instruction.type.dims) : builder_.insert(std::move(op));
    function_.body.back().scale = instruction.scale;
  }

  /// The image of an old value with its dimensions in their old order.
  ValueId as_before(ValueId old) {
    const ValueId image = renamed_[old.index];
    const ir::Type& type = old_[old.index].type;
    return builder_.type(image) == type ? image : in_order(builder_, image, type.dims);
  }

  void expand(size_t first) {
    const ValueId of = renamed_[std::get<tp::Gradient>(old_[first].op).of.index];
    const Sweep sweep = sweep_from(first);
    std::vector<ValueId> wanted;
    for (const auto& sources : sweep.sources) wanted.insert(wanted.end(), sources.begin(), sources.end());
    const std::vector<DimId> kept = builder_.type(of).dims;
    const auto adjoints = differentiate_each(builder_, {{of, builder_.constant(1)}}, wanted, kept);
    size_t next = 0;
    for (size_t g = 0; g < sweep.gradients.size(); ++g) {
      builder_.at(old_[sweep.gradients[g]].span);
      ValueId sum;
      for (size_t end = next + sweep.sources[g].size(); next < end; ++next) {
        if (adjoints[next].valid()) sum = sum.valid() ? builder_.add(sum, adjoints[next]) : adjoints[next];
      }
      put(sweep.gradients[g], sum);
    }
  }

  /// All gradients of the same value by values that are there before the first.
  [[nodiscard]] Sweep sweep_from(size_t first) const {
    const ValueId of = std::get<tp::Gradient>(old_[first].op).of;
    Sweep sweep;
    for (size_t i = first; i < old_.size(); ++i) {
      const auto* gradient = std::get_if<tp::Gradient>(&old_[i].op);
      if (gradient == nullptr || gradient->of != of || gradient->wrt.index >= first) continue;
      sweep.gradients.push_back(i);
      sweep.sources.push_back(sources_of(gradient->wrt, first));
    }
    return sweep;
  }

  /// The value itself, or every read of its state before the gradient.
  [[nodiscard]] std::vector<ValueId> sources_of(ValueId wrt, size_t end) const {
    const auto* wanted = std::get_if<ir::Read>(&old_[wrt.index].op);
    if (wanted == nullptr) return {renamed_[wrt.index]};
    std::vector<ValueId> reads;
    for (size_t i = 0; i < end; ++i) {
      const auto* read = std::get_if<ir::Read>(&old_[i].op);
      if (read != nullptr && read->state == wanted->state) reads.push_back(renamed_[i]);
    }
    return reads;
  }

  void put(size_t i, ValueId adjoint) {
    const auto& gradient = std::get<tp::Gradient>(old_[i].op);
    renamed_[i] = whole(adjoint, renamed_[gradient.of.index], renamed_[gradient.wrt.index]);
    tp::Instruction& made = function_.body[renamed_[i].index];
    if (!old_[i].name.empty()) made.name = old_[i].name;
    made.scale = old_[i].scale;
  }

  /// The adjoint at every index of `of` and `wrt`, and along the width if `wrt` has it; invalid: zero.
  ValueId whole(ValueId adjoint, ValueId of, ValueId wrt) {
    const ir::Type target = builder_.type(wrt);
    const std::vector<DimId> dims = ir::union_dims(builder_.type(of).dims, target.dims);
    const bool complete = adjoint.valid() && builder_.type(adjoint).kind == target.kind;
    if (complete && ir::same_dims(builder_.type(adjoint).dims, dims)) return adjoint;
    const ValueId ones = builder_.map(Primitive::Pow, {of}, 0);
    if (target.kind != Kind::matrix) {
      const ValueId everywhere = builder_.mul(ones, builder_.map(Primitive::Pow, {wrt}, 0));
      return builder_.mul(everywhere, adjoint.valid() ? adjoint : builder_.constant(0));
    }
    if (adjoint.valid()) return builder_.mul(ones, adjoint);
    return builder_.mul(builder_.mul(ones, builder_.constant(0)), wrt);
  }

  tp::Function& function_;
  std::deque<tp::Instruction> old_;
  tp::Builder builder_;
  std::vector<ValueId> renamed_;
};

}  // namespace

bool has_gradients(const tp::Module& module) {
  return std::ranges::any_of(
      module.functions, [](const tp::Function& function) { return std::ranges::any_of(function.body, is_gradient); });
}

std::string gradient_fault(const tp::Module& module) {
  for (const tp::Function& function : module.functions) {
    for (size_t i = 0; i < function.body.size(); ++i) {
      if (!is_gradient(function.body[i])) continue;
      if (std::string fault = fault_of(module, function, ValueId(i)); !fault.empty()) return fault;
    }
  }
  return {};
}

void expand_gradients(tp::Module& module) {
  for (tp::Function& function : module.functions) {
    if (std::ranges::any_of(function.body, is_gradient)) Expansion(module, function).run();
  }
}

std::vector<VanishingGradient> vanishing_gradients(const tp::Module& module) {
  std::vector<VanishingGradient> found;
  for (const tp::Function& function : module.functions) {
    for (size_t i = 0; i < function.body.size(); ++i) {
      const auto* gradient = std::get_if<tp::Gradient>(&function.body[i].op);
      if (gradient == nullptr || !ancestors(function, gradient->of)[gradient->wrt.index]) continue;
      if (differentiable_values(function, {gradient->wrt})[gradient->of.index]) continue;
      found.push_back({function.key, ValueId(i), function.body[i].span});
    }
  }
  return found;
}

void drop_stop_gradients(tp::Module& module, tp::Function& function) {
  rewrite(module, function, [](tp::Builder&, const tp::Op& op, const tp::Instruction&) -> std::optional<ValueId> {
    const auto* stop = std::get_if<tp::StopGradient>(&op);
    return stop == nullptr ? std::nullopt : std::optional(stop->argument);
  });
}

}  // namespace tpc::passes
