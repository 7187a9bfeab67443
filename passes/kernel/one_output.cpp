#include "passes/kernel/one_output.h"

#include <algorithm>
#include <optional>

#include "ir/core/visit.h"
#include "passes/kernel/no_kernel.h"

namespace tpc::passes::kernel {

using ir::DimId;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// How a value with the dimension k is used: along the index of the outputs, or along an index of its own.
struct Use {
  bool by_output = false;
  bool otherwise = false;
};

DimId find_batch(const tp::Module& module, const tp::Instruction& output) {
  const std::vector<DimId>& dims = output.type.dims;
  auto found = std::find_if(dims.begin(), dims.end(), [&](DimId dim) { return !module.dim(dim).size; });
  if (found == dims.end() || module.dim(*found).twin_of.valid()) {
    throw NoKernel{"the output of `predict` is not one value for every example", output.span};
  }
  return *found;
}

std::string described(const tp::Instruction& instruction, const std::string& fallback) {
  return instruction.name.empty() ? fallback : "`" + instruction.name + "`";
}

class OutputAxis {
 public:
  OutputAxis(const tp::Module& module, const tp::Function& predict) : module_(module), predict_(predict) {
    const tp::Instruction& output = predict.at(predict.result(ir::result_name::output));
    result_.batch = find_batch(module, output);
    const std::vector<DimId> rest = ir::without_dims(output.type.dims, {result_.batch});
    if (rest.size() != 1 || !module.dim(rest.front()).size) {
      throw NoKernel{"the output of `predict` does not have one axis besides the batch", output.span};
    }
    axis_ = rest.front();
    result_.several = module.dim(axis_).size != 1;
  }

  OneOutput run() {
    follow();
    choose_states();
    tp::Function function{ir::FunctionRole::predict, {}, {}};
    for (size_t i = 0; i < predict_.body.size(); ++i) function.body.push_back(without_axis(ValueId(i)));
    function.results = {{ir::result_name::output, predict_.result(ir::result_name::output)}};
    result_.module.functions.push_back(std::move(function));
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool has_axis(ValueId id) const { return ir::contains_dim(predict_.type(id).dims, axis_); }
  /// Whether the dimension k of the value is the index of the outputs. An axis of size 1 is none anyway.
  [[nodiscard]] bool by_output(ValueId id) const {
    return has_axis(id) && (!result_.several || uses_[id.index].by_output);
  }

  /// Backwards from the output: who is used along its index.
  void follow() {
    uses_.resize(predict_.body.size());
    uses_[predict_.result(ir::result_name::output).index].by_output = true;
    if (!result_.several) return;
    for (size_t i = predict_.body.size(); i-- > 0;) {
      const ValueId id(i);
      const bool along = has_axis(id) && uses_[i].by_output;
      const bool used = uses_[i].by_output || uses_[i].otherwise;
      if (along) check_keeps_axis(id);
      ir::for_each_operand(predict_.at(id).op, [&](ValueId operand) {
        if (!used) return;
        const bool same_index = along && has_axis(operand);
        (same_index ? uses_[operand.index].by_output : uses_[operand.index].otherwise) = true;
      });
    }
    for (size_t i = 0; i < uses_.size(); ++i) {
      if (uses_[i].by_output && uses_[i].otherwise) {
        refuse(ValueId(i), described(predict_.body[i], "a value") + " is used for each output on its own and for all");
      }
    }
  }

  void check_keeps_axis(ValueId id) const {
    std::visit(
        ir::Overloaded{
            [&](const ir::Input&) { refuse(id, "the data enter each output differently"); },
            [&](const ir::OneHot&) { refuse(id, "an output is picked by its index"); },
            [&](const ir::OneOf<ir::Softmax, ir::LogSumExp> auto& op) {
              if (op.over == axis_) refuse(id, "`softmax` makes each of them depend on all");
            },
            [&](const ir::Relabel& op) {
              if (op.to == axis_) refuse(id, "another axis becomes the axis of the outputs");
            },
            [&](const ir::OneOf<ir::Gather, ir::Scatter> auto& op) {
              if (op.dim == axis_) refuse(id, "they are rows of a table, picked by index");
            },
            [](const ir::OneOf<std::monostate, ir::Constant, ir::DimSize, ir::DimIndex, tp::WidthPower, ir::Read,
                               ir::Map, ir::Contract, tp::Matmul, tp::Moment, tp::Outer, tp::Gradient, tp::StopGradient,
                               ir::Present, ir::FirstOccurrence, ir::AddRows, ir::Write> auto&) {}},
        predict_.at(id).op);
  }

  [[noreturn]] void refuse(ValueId id, const std::string& why) const {
    throw NoKernel{"the outputs are not independent copies of each other, as one kernel for all of them needs: " + why,
                   predict_.at(id).span};
  }

  void choose_states() {
    tp::Module& target = result_.module;
    target.name = module_.name;
    target.width = module_.width;
    target.dims = module_.dims;
    std::vector<std::optional<bool>> separate(module_.states.size());
    for (size_t i = 0; i < predict_.body.size(); ++i) {
      const auto* read = std::get_if<ir::Read>(&predict_.body[i].op);
      if (read == nullptr) continue;
      std::optional<bool>& state = separate[read->state.index];
      if (state && *state != by_output(ValueId(i))) {
        refuse(ValueId(i), "`" + module_.state(read->state).name + "` is used for each output on its own and for all");
      }
      state = by_output(ValueId(i));
    }
    states_.resize(module_.states.size());
    for (size_t i = 0; i < separate.size(); ++i) {
      if (!separate[i]) continue;
      states_[i] = StateId(target.states.size());
      target.states.push_back(module_.states[i]);
      result_.by_row.push_back(*separate[i] && result_.several);
      if (*separate[i]) target.states.back().type.dims = ir::without_dims(module_.states[i].type.dims, {axis_});
    }
  }

  tp::Instruction without_axis(ValueId id) {
    tp::Instruction instruction = predict_.at(id);
    if (auto* read = std::get_if<ir::Read>(&instruction.op)) read->state = states_[read->state.index];
    if (by_output(id)) {
      instruction.type.dims = ir::without_dims(instruction.type.dims, {axis_});
      if (const auto* one_hot = std::get_if<ir::OneHot>(&instruction.op)) {  // of a single class: 1
        instruction.op = ir::Map{ir::Primitive::Pow, {one_hot->argument}, 0};
      }
    }
    if (!result_.several) remove_from_sums(instruction);
    return instruction;
  }

  void remove_from_sums(tp::Instruction& instruction) const {
    ir::for_each_field(instruction.op, [&](const char*, auto& field) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, std::vector<DimId>>) {
        field = ir::without_dims(field, {axis_});
      }
    });
    const auto* relabel = std::get_if<ir::Relabel>(&instruction.op);
    if (relabel != nullptr && (relabel->from == axis_ || relabel->to == axis_)) {
      throw NoKernel{"the axis of the outputs is used under another name", instruction.span};
    }
    const auto* softmax = std::get_if<ir::Softmax>(&instruction.op);
    if (softmax != nullptr && softmax->over == axis_) {
      throw NoKernel{"a `softmax` over a single output is 1 whatever the weights", instruction.span};
    }
  }

  const tp::Module& module_;
  const tp::Function& predict_;
  OneOutput result_;
  DimId axis_;
  std::vector<Use> uses_;
  std::vector<StateId> states_;
};

}  // namespace

OneOutput one_output(const tp::Module& module) {
  const tp::Function* predict = module.find(ir::FunctionRole::predict);
  TPC_CHECK(predict != nullptr, "there is no function `predict`");
  return OutputAxis(module, *predict).run();
}

}  // namespace tpc::passes::kernel
