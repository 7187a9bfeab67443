#include "passes/kernel/two_sided.h"

#include <algorithm>

#include "passes/simplify/rewriter.h"

namespace tpc::passes::kernel {

using ir::DimId;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// Copies instructions of `function` to its end, over the other batch, on demand or all of them.
class SecondSide {
 public:
  SecondSide(tp::Builder& builder, DimId batch, DimId other, const std::map<StateId, StateId>& copies)
      : builder_(builder), batch_(batch), other_(other), copies_(copies) {}

  ValueId image(ValueId id) {  // NOLINT(misc-no-recursion): see below, operands come first
    if (id.index >= images_.size()) images_.resize(id.index + size_t{1});
    if (!images_[id.index].valid()) {
      const ValueId made = copy(id);
      images_[id.index] = made;
    }
    return images_[id.index];
  }

 private:
  ValueId copy(ValueId id) {  // NOLINT(misc-no-recursion)
    const tp::Instruction instruction = builder_.function().at(id);
    tp::Op op = instruction.op;
    bool differs = false;
    ir::for_each_operand(op, [&](ValueId& operand) {
      const ValueId old = std::exchange(operand, image(operand));
      differs = differs || old != operand;
    });
    if (auto* read = std::get_if<ir::Read>(&op)) {
      if (auto copied = copies_.find(read->state); copied != copies_.end())
        read->state = copied->second, differs = true;
    }
    const auto* input = std::get_if<ir::Input>(&op);
    if (!differs && input == nullptr) return id;
    builder_.at(instruction.span);
    builder_.name_next(instruction.name);  // which point it is of, its dimensions say
    if (input != nullptr) {
      std::vector<DimId> dims = instruction.type.dims;
      std::replace(dims.begin(), dims.end(), batch_, other_);
      return builder_.input(ir::Input{input->field, true}, dims);
    }
    ir::for_each_field(op, [&](const char*, auto& field) {
      using Field = std::remove_cvref_t<decltype(field)>;
      if constexpr (std::is_same_v<Field, DimId>) {
        if (field == batch_) field = other_;
      } else if constexpr (std::is_same_v<Field, std::vector<DimId>>) {
        std::replace(field.begin(), field.end(), batch_, other_);
      }
    });
    const ValueId copied = builder_.insert(std::move(op));
    builder_.function().body[copied.index].scale = instruction.scale;
    return copied;
  }

  tp::Builder& builder_;
  DimId batch_, other_;
  const std::map<StateId, StateId>& copies_;
  std::vector<ValueId> images_;
};

}  // namespace

DimId second_batch(tp::Module& module, DimId batch) {
  const auto found = std::ranges::find(module.dims, batch, &ir::Dimension::twin_of);
  const DimId id(static_cast<size_t>(found - module.dims.begin()));
  if (found != module.dims.end()) return id;
  std::string name = module.dim(batch).name + "'";
  while (std::ranges::find(module.dims, name, &ir::Dimension::name) != module.dims.end()) name += "'";
  module.dims.push_back({name, std::nullopt, batch});
  return id;
}

std::vector<ValueId> append_second_side(tp::Builder& builder, DimId batch, DimId other,
                                        const std::map<StateId, StateId>& copies) {
  const size_t end = builder.function().body.size();
  SecondSide second(builder, batch, other, copies);
  std::vector<ValueId> images;
  images.reserve(end);
  for (size_t i = 0; i < end; ++i) images.push_back(second.image(ValueId(i)));  // in order: no deep recursion
  return images;
}

tp::Function two_sided(tp::Module& module, const tp::Function& observation, DimId batch) {
  const DimId other = second_batch(module, batch);
  tp::Function result{observation.key, {}, observation.results};
  tp::Builder builder(module, result);
  const std::map<StateId, StateId> no_copies;
  SecondSide second(builder, batch, other, no_copies);
  std::vector<ValueId> renamed;
  for (const tp::Instruction& instruction : observation.body) {
    const auto* relabel = std::get_if<ir::Relabel>(&instruction.op);
    if (relabel != nullptr && relabel->from == batch && relabel->to == other) {
      renamed.push_back(second.image(renamed[relabel->argument.index]));
      continue;
    }
    tp::Instruction copy = instruction;
    ir::for_each_operand(copy.op, [&](ValueId& operand) { operand = renamed[operand.index]; });
    result.body.push_back(std::move(copy));
    renamed.emplace_back(result.body.size() - 1);
  }
  for (ir::Result& r : result.results) r.value = renamed[r.value.index];
  return result;
}

}  // namespace tpc::passes::kernel
