#include "passes/autodiff/output_gradient.h"

#include "base/diag/check.h"
#include "ir/core/typing.h"
#include "ir/tp/criterion.h"
#include "passes/autodiff/reverse.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/simplify.h"

namespace tpc::passes {

using ir::ValueId;
namespace tp = ir::tp;

namespace {

ValueId output_field(const tp::Function& criterion) {
  for (size_t i = 0; i < criterion.body.size(); ++i) {
    const auto* input = std::get_if<ir::Input>(&criterion.body[i].op);
    if (input != nullptr && input->field == tp::criterion_output) return ValueId(i);
  }
  return {};
}

/// χ, appended to the builder's copy of a criterion; invalid: the losses do not depend on the output.
ValueId append_error(tp::Builder& builder, ValueId output) {
  const ValueId losses = builder.function().result(ir::result_name::losses);
  return differentiate(builder, {{losses, builder.constant(1)}}, {output}).front();
}

/// The criterion with χ as a further result. Simplified while nothing uses χ: a factor of it would go to the user, and
/// what is left would not be χ.
tp::Function with_error(const tp::Module& module, const tp::Function& criterion) {
  tp::Module alone;
  alone.dims = module.dims;
  alone.functions = {criterion};
  tp::Function& function = alone.functions.front();
  tp::Builder builder(alone, function);
  const ValueId output = output_field(function);
  TPC_CHECK(output.valid(), "the loss does not depend on the output");
  ValueId chi = append_error(builder, output);
  if (!chi.valid()) chi = builder.constant(0);  // the loss is constant wherever it has a derivative
  function.body[chi.index].name.clear();
  function.results.push_back({ir::output_error_name, chi});
  eliminate_common_subexpressions(alone);
  simplify(alone);
  std::string& name = function.body[function.result(ir::output_error_name).index].name;
  if (name.empty()) name = ir::output_error_name;
  return function;
}

/// The values of the criterion's body, with `output` in place of its field.
std::vector<ValueId> copy_body(tp::Builder& builder, const tp::Function& criterion, ValueId output) {
  std::vector<ValueId> images;
  for (const tp::Instruction& instruction : criterion.body) {
    TPC_CHECK(!std::holds_alternative<ir::Read>(instruction.op), "the criterion reads no state");
    tp::Op op = instruction.op;
    ir::for_each_operand(op, [&](ValueId& operand) { operand = images[operand.index]; });
    builder.at(instruction.span);
    const auto* input = std::get_if<ir::Input>(&op);
    if (input != nullptr && input->field == tp::criterion_output) {
      images.push_back(output);
      continue;
    }
    builder.name_next(instruction.name);
    images.push_back(input != nullptr ? builder.input(*input, instruction.type.dims) : builder.insert(std::move(op)));
  }
  return images;
}

}  // namespace

std::string criterion_fault(const tp::Function& criterion, const std::vector<ir::DimId>& output_dims) {
  for (const tp::Instruction& instruction : criterion.body) {
    const auto* input = std::get_if<ir::Input>(&instruction.op);
    if (input == nullptr || input->field != tp::criterion_output) continue;
    if (!ir::same_dims(instruction.type.dims, output_dims)) {
      return "`criterion` reads the output with other dimensions than `predict` gives it";
    }
  }
  return output_field(criterion).valid() ? "" : "`criterion` does not read the output";
}

OutputGradient insert_criterion(tp::Builder& builder, const tp::Function& criterion, ValueId output) {
  const tp::Function source = with_error(builder.module(), criterion);
  const std::vector<ValueId> images = copy_body(builder, source, output);
  const ValueId losses = images[source.result(ir::result_name::losses).index];
  const ValueId chi = images[source.result(ir::output_error_name).index];
  const std::vector<ir::DimId> examples = builder.type(losses).dims;
  TPC_CHECK(examples.size() == 1, "there is one loss for every example");
  const ValueId sum = builder.contract(losses, {}, examples);
  const ValueId count = builder.insert(ir::DimSize{examples.front()});
  builder.name_next("loss");
  const ValueId loss = builder.div(sum, count);
  return {loss, builder.mul(builder.div(builder.constant(1), count), chi)};
}

}  // namespace tpc::passes
