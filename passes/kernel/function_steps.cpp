#include "passes/kernel/function_steps.h"

#include <algorithm>

#include "ir/limit/task_functions.h"
#include "passes/autodiff/expand_gradients.h"
#include "passes/autodiff/reverse.h"
#include "passes/kernel/no_kernel.h"
#include "passes/kernel/space_fields.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/simplify.h"
#include "passes/update/learning_rate.h"

namespace tpc::passes::kernel {

using ir::DimId;
using ir::Primitive;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

class StepWriter {
 public:
  StepWriter(FunctionSpaceProgram& program, const ir::SgdSettings& sgd)
      : module_(program.functions),
        space_(program.space),
        sgd_(sgd),
        fields_(module_, space_),
        step_(*module_.find(ir::FunctionRole::loss)),
        builder_(module_, step_) {}

  void run() {
    step_.key = ir::FunctionRole::step;
    const ValueId loss = step_.result(ir::result_name::loss);
    const std::vector<ValueId> gradients = gradients_of(loss);
    ValueId rate = write_learning_rate(builder_, sgd_);
    if (!rate.valid()) rate = builder_.constant(sgd_.learning_rate.first);
    if (sgd_.clip) rate = builder_.mul(rate, clip_factor(gradients));
    tp::Function change{ir::FunctionKey(ir::limit::change_function), {}, {}, step_.span};
    for (size_t i = 0; i < gradients.size(); ++i) {
      const std::string place = space_.groups[space_.moved[i]].place();
      const ValueId descent = builder_.mul(rate, gradients[i]);
      builder_.name_next("c^{" + place + "}");
      change.results.push_back({place, builder_.neg(descent)});
    }
    change.body = without_writes();
    step_.results = {{ir::result_name::loss, loss}};
    module_.functions.push_back(std::move(change));
    module_.functions.push_back(std::move(step_));
  }

 private:
  /// By f at the points of the batch, for those groups that the loss depends on: of the sum over its tasks or of their
  /// mean.
  std::vector<ValueId> gradients_of(ValueId loss) {
    std::vector<size_t> groups;
    std::vector<ValueId> values;
    for (size_t i = 0; i < step_.body.size(); ++i) {
      const auto* input = std::get_if<ir::Input>(&step_.body[i].op);
      if (input == nullptr) continue;
      const auto group = std::ranges::find(space_.groups, input->field, &PointGroup::values);
      if (group == space_.groups.end()) continue;
      groups.push_back(static_cast<size_t>(group - space_.groups.begin()));
      values.emplace_back(i);
    }
    const std::vector<ValueId> adjoints = differentiate(builder_, {{loss, builder_.constant(1)}}, values);
    std::vector<ValueId> gradients;
    for (size_t i = 0; i < adjoints.size(); ++i) {
      if (!adjoints[i].valid()) continue;
      ValueId gradient = broadcast_adjoint(builder_, adjoints[i], values[i]);
      if (sgd_.adds_gradients) gradient = builder_.mul(gradient, builder_.insert(ir::DimSize{fields_.batch()}));
      gradients.push_back(gradient);
      space_.moved.push_back(groups[i]);
    }
    if (gradients.empty()) throw NoKernel{"the loss does not depend on the network", step_.span};
    return gradients;
  }

  /// min(1, clip / |g|) = clip / (clip + relu(|g| - clip)), as in passes/update/clip.h.
  ValueId clip_factor(const std::vector<ValueId>& gradients) {
    ValueId square;
    for (size_t i = 0; i < gradients.size(); ++i) {
      for (size_t j = 0; j < gradients.size(); ++j) {
        const ValueId part =
            fields_.quadratic_form(builder_, 0, space_.moved[i], space_.moved[j], gradients[i], gradients[j]);
        square = square.valid() ? builder_.add(square, part) : part;
      }
    }
    const ValueId clip = builder_.constant(*sgd_.clip);
    const ValueId excess = builder_.sub(builder_.map(Primitive::Sqrt, {square}), clip);
    return builder_.div(clip, builder_.add(clip, builder_.map(Primitive::Relu, {excess})));
  }

  [[nodiscard]] std::deque<tp::Instruction> without_writes() const {
    std::deque<tp::Instruction> body = step_.body;
    for (tp::Instruction& instruction : body) {
      if (!std::holds_alternative<ir::Write>(instruction.op)) continue;
      instruction.op = ir::Constant{0.0};
      instruction.type = {ir::Kind::scalar, {}};
    }
    return body;
  }

  tp::Module& module_;
  FunctionSpace& space_;
  const ir::SgdSettings& sgd_;
  SpaceFields fields_;
  tp::Function step_;
  tp::Builder builder_;
};

/// Ids of one module by those of another.
struct Renaming {
  std::vector<DimId> dims;
  size_t first_state = 0;

  void rename(tp::Instruction& instruction) const {
    for (DimId& dim : instruction.type.dims) dim = dims[dim.index];
    ir::for_each_field(instruction.op, [&](const char*, auto& field) {
      using Field = std::remove_cvref_t<decltype(field)>;
      if constexpr (std::is_same_v<Field, DimId>) field = dims[field.index];
      if constexpr (std::is_same_v<Field, ir::StateId>) field = ir::StateId(field.index + first_state);
      if constexpr (std::is_same_v<Field, std::vector<DimId>>) {
        for (DimId& dim : field) dim = dims[dim.index];
      }
    });
  }
};

}  // namespace

void add_function_steps(FunctionSpaceProgram& program, const ir::SgdSettings& sgd) {
  if (sgd.momentum != 0.0) {
    throw NoKernel{
        "momentum in the kernel regime of a program that adapts to tasks: it would move f along all points "
        "of all earlier steps anew, in every step",
        program.functions.find(ir::FunctionRole::loss)->span};
  }
  StepWriter(program, sgd).run();
  for (tp::Function& function : program.functions.functions) drop_stop_gradients(program.functions, function);
  eliminate_common_subexpressions(program.functions);
  simplify(program.functions);
  eliminate_common_subexpressions(program.functions);
  eliminate_dead_code(program.functions);
}

void import_functions(const tp::Module& source, tp::Module& target) {
  Renaming renaming{{}, target.states.size()};
  for (ir::Dimension dim : source.dims) {
    if (dim.twin_of.valid()) dim.twin_of = renaming.dims.at(dim.twin_of.index);
    const auto known = std::ranges::find(target.dims, dim);
    renaming.dims.emplace_back(static_cast<size_t>(known - target.dims.begin()));
    if (known != target.dims.end()) continue;
    const auto taken = [&] {
      return std::ranges::find(target.dims, dim.name, &ir::Dimension::name) != target.dims.end();
    };
    while (taken()) dim.name += "'";
    target.dims.push_back(dim);
  }
  for (ir::State state : source.states) {
    for (DimId& dim : state.type.dims) dim = renaming.dims[dim.index];
    target.states.push_back(std::move(state));
  }
  for (tp::Function function : source.functions) {
    for (tp::Instruction& instruction : function.body) renaming.rename(instruction);
    target.functions.push_back(std::move(function));
  }
}

}  // namespace tpc::passes::kernel
