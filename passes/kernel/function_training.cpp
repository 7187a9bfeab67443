#include "passes/kernel/function_training.h"

#include <algorithm>

#include "passes/autodiff/reverse.h"
#include "passes/kernel/no_kernel.h"
#include "passes/update/update.h"

namespace tpc::passes::kernel {

using ir::DimId;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

constexpr const char* index_field = "index";
constexpr const char* kernel_field = "kernel";
constexpr const char* initial_field = "initial";

template <class Items>
std::string unused_name(const Items& items, std::string name) {
  while (std::any_of(items.begin(), items.end(), [&](const auto& item) { return item.name == name; })) name += "'";
  return name;
}

/// The dimension of the outputs.
DimId output_axis(const tp::Module& source, DimId batch) {
  const tp::Function& predict = *source.find("predict");
  return ir::without_dims(predict.type(predict.result("output")).dims, {batch}).front();
}

/// Copies the part of the loss behind the network's output, with another value in its place.
class LossCopy {
 public:
  LossCopy(const tp::Function& step, tp::Builder& builder, ValueId output) : step_(step), builder_(builder) {
    for (const tp::Instruction& instruction : step.body) {
      const auto* loss = std::get_if<ir::Loss>(&instruction.op);
      if (loss != nullptr) network_output_ = loss->output;
    }
    TPC_CHECK(network_output_.valid(), "the training step has no loss");
    images_.resize(step.body.size());
    images_[network_output_.index] = output;
  }

  ValueId image(ValueId id) {  // NOLINT(misc-no-recursion): a handful of instructions
    ValueId& known = images_[id.index];
    if (known.valid()) return known;
    const tp::Instruction& instruction = step_.at(id);
    if (std::holds_alternative<ir::Read>(instruction.op)) {
      throw NoKernel{"the loss depends on weights other than through the output", instruction.span};
    }
    if (const auto* input = std::get_if<ir::Input>(&instruction.op)) {
      const std::string& field = input->field;
      if (field == index_field || field == kernel_field || field == initial_field) {
        throw NoKernel{"the data field `" + field + "` bears the name of a field of kernel training: rename it",
                       instruction.span};
      }
    }
    tp::Op op = instruction.op;
    ir::for_each_operand(op, [&](ValueId& operand) { operand = image(operand); });
    builder_.at(instruction.span);
    builder_.name_next(instruction.name);
    const auto* input = std::get_if<ir::Input>(&op);
    return images_[id.index] =
               input != nullptr ? builder_.input(input->field, instruction.type.dims) : builder_.insert(std::move(op));
  }

 private:
  const tp::Function& step_;
  tp::Builder& builder_;
  ValueId network_output_;
  std::vector<ValueId> images_;
};

class Training {
 public:
  Training(const tp::Module& source, DimId batch, tp::Module& target)
      : source_(source), target_(target), batch_(batch), outputs_(output_axis(source, batch)) {
    target.dims.push_back({unused_name(target.dims, "P"), std::nullopt});
    points_ = DimId(target.dims.size() - 1);
    ir::State state;
    state.name = unused_name(target.states, "f");
    state.type = {ir::Kind::scalar, {points_, outputs_}};
    state.role = ir::Role::finite;
    target.states.push_back(std::move(state));
    function_values_ = StateId(target.states.size() - 1);
  }

  void add_start() {
    tp::Function function{"start", {}, {}};
    tp::Builder builder(target_, function);
    const ValueId initial = builder.input(initial_field, {batch_, outputs_});
    builder.write(function_values_, builder.contract(rows(builder), initial, {batch_}));
    target_.functions.push_back(std::move(function));
  }

  void add_step(const ir::SgdSettings& optimizer) {
    tp::Function function{"gradient", {}, {}};
    tp::Builder builder(target_, function);
    const ValueId f = builder.read(function_values_);
    const ValueId of_batch = rows(builder);
    builder.name_next("f");
    const ValueId f_batch = builder.contract(of_batch, f, {points_});
    const tp::Function& step = *source_.find("step");
    const ValueId loss = LossCopy(step, builder, f_batch).image(step.result("loss"));
    const ValueId chi = differentiate(builder, {{loss, builder.constant(1)}}, {f_batch}).front();
    TPC_CHECK(chi.valid(), "the loss does not depend on the output");
    function.body[chi.index].name = "χ";
    for (tp::Instruction& instruction : function.body) {
      if (!std::holds_alternative<ir::LossGradient>(instruction.op)) continue;
      function.body[chi.index].name.clear();  // χ up to the number of examples
      instruction.name = "χ";
    }
    const ValueId kernel = builder.input(kernel_field, {batch_, points_});
    const ValueId direction = builder.contract(kernel, chi, {batch_});
    function.results = {{"loss", loss}, {"d." + target_.state(function_values_).name, direction}};
    target_.functions.push_back(std::move(function));
    add_sgd_step(target_, optimizer);
  }

  void add_predict() {
    tp::Function function{"predict", {}, {}};
    tp::Builder builder(target_, function);
    function.results = {{"output", builder.read(function_values_)}};
    target_.functions.push_back(std::move(function));
  }

 private:
  /// 1 where the batch's example is the point: scalar[B,P].
  ValueId rows(tp::Builder& builder) {
    return builder.insert(ir::OneHot{builder.input(index_field, {batch_}), points_});
  }

  const tp::Module& source_;
  tp::Module& target_;
  DimId batch_, outputs_, points_;
  StateId function_values_;
};

}  // namespace

void add_training(const tp::Module& source, const ir::SgdSettings& optimizer, DimId batch, tp::Module& target) {
  Training training(source, batch, target);
  training.add_predict();
  training.add_start();
  training.add_step(optimizer);
}

}  // namespace tpc::passes::kernel
