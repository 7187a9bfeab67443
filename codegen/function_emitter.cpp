#include "codegen/function_emitter.h"

#include <algorithm>

#include <llvm/IR/Intrinsics.h>

#include "base/diag/check.h"
#include "codegen/buffer_plan.h"
#include "codegen/call_emitter.h"
#include "codegen/function_frame.h"
#include "codegen/kernel_emitter.h"
#include "codegen/model_interface.h"
#include "codegen/number_emitter.h"
#include "codegen/pair_emitter.h"
#include "ir/limit/random.h"

namespace tpc::codegen {

using ir::Kind;
using ir::ValueId;

namespace {

llvm::Value* rows_of(FunctionFrame& frame, const BufferSlot& slot) {
  llvm::Value* rows = frame.extent(slot.shapes.front());
  for (size_t i = 1; i < slot.shapes.size(); ++i) {
    rows = frame.builder.CreateBinaryIntrinsic(llvm::Intrinsic::smax, rows, frame.extent(slot.shapes[i]));
  }
  return rows;
}

/// Places what needs no computation: fields, states, the random variable 1, and the sample buffers.
void place_memory(FunctionFrame& frame, const BufferPlan& buffers) {
  IrBuilder& builder = frame.builder;
  std::vector<llvm::Value*> slots;
  for (size_t i = 0; i < buffers.slots.size(); ++i) {
    slots.push_back(frame.check_memory(
        call_runtime(builder, RuntimeFunction::tp_rt_samples,
                     {frame.runtime, frame.i32(static_cast<uint32_t>(i)), rows_of(frame, buffers.slots[i])})));
  }
  for (const auto& [id, slot] : buffers.slot_of) frame.access.place(id, slots[slot]);

  const auto fields = fields_of(frame.context.source);
  for (size_t i = 0; i < frame.source.body.size(); ++i) {
    const auto& instruction = frame.source.body[i];
    if (const auto* input = std::get_if<ir::Input>(&instruction.op)) {
      const uint64_t index = field_index(fields, *input);
      llvm::Value* entry = builder.CreateConstInBoundsGEP1_64(builder.getPtrTy(), frame.target->getArg(1), index);
      frame.access.place(ValueId(i), builder.CreateLoad(builder.getPtrTy(), entry, input->name()));
    } else if (const auto* read = std::get_if<ir::Read>(&instruction.op)) {
      if (instruction.type.kind == Kind::pair) continue;  // the runtime keeps them
      const auto function = instruction.type.kind == Kind::vector ? RuntimeFunction::tp_rt_state_samples
                                                                  : RuntimeFunction::tp_rt_state_scalars;
      frame.access.place(ValueId(i), frame.check_memory(call_runtime(builder, function,
                                                                     {frame.runtime, frame.i32(read->state.index)})));
    } else if (std::holds_alternative<ir::limit::Unit>(instruction.op)) {
      frame.access.place(ValueId(i),
                         frame.check_memory(call_runtime(builder, RuntimeFunction::tp_rt_unit, {frame.runtime})));
    }
  }
}

/// Whether the function picks random variables by index, or adds to them.
bool has_rows_by_index(const ir::limit::Function& function) {
  return std::ranges::any_of(function.body, [&](const ir::limit::Instruction& instruction) {
    const auto* added = std::get_if<ir::AddRows>(&instruction.op);
    if (added != nullptr) return ir::limit::is_random(function, added->value);
    return instruction.type.kind == Kind::vector &&
           (std::holds_alternative<ir::Gather>(instruction.op) || std::holds_alternative<ir::Scatter>(instruction.op));
  });
}

/// What every kernel of a function may ask for, made before the first of them.
class KernelRows {
 public:
  /// `waste_slot`: for the samples of one random variable.
  KernelRows(FunctionFrame& frame, uint32_t waste_slot)
      : frame_(frame), waste_slot_(waste_slot), by_index_(has_rows_by_index(frame.source)) {}

  /// Whether some kernel may ask for `zero` and `waste`.
  [[nodiscard]] bool by_index() const { return by_index_; }
  llvm::Value* weights() { return once(weights_, RuntimeFunction::tp_rt_weights, {frame_.runtime}); }
  llvm::Value* zero() { return once(zero_, RuntimeFunction::tp_rt_zero, {frame_.runtime}); }
  llvm::Value* waste() {
    return once(waste_, RuntimeFunction::tp_rt_samples,
                {frame_.runtime, frame_.i32(waste_slot_), frame_.builder.getInt64(1)});
  }

 private:
  llvm::Value* once(llvm::Value*& row, RuntimeFunction function, llvm::ArrayRef<llvm::Value*> arguments) {
    if (!row) row = frame_.check_memory(call_runtime(frame_.builder, function, arguments));
    return row;
  }

  FunctionFrame& frame_;
  uint32_t waste_slot_;
  bool by_index_;
  llvm::Value *weights_ = nullptr, *zero_ = nullptr, *waste_ = nullptr;
};

/// The kernel's arguments as an array in this call's stack frame, and their number.
std::pair<llvm::Value*, uint64_t> arguments_of(FunctionFrame& frame, const EmittedKernel& kernel, KernelRows& rows) {
  IrBuilder& builder = frame.builder;
  std::vector<llvm::Value*> values(kernel_first_extent, llvm::Constant::getNullValue(builder.getPtrTy()));
  values[kernel_sample_count] = frame.sample_count;
  values[kernel_weights] = rows.weights();
  if (rows.by_index()) {
    values[kernel_zero] = rows.zero();
    values[kernel_waste] = rows.waste();
  }
  for (ir::DimId extent : kernel.extents) values.push_back(frame.access.extents().size(builder, extent));
  for (ValueId array : kernel.arrays) values.push_back(frame.access.pointer(array));
  for (ir::StateId state : kernel.changed) {
    values.push_back(frame.check_memory(
        call_runtime(builder, RuntimeFunction::tp_rt_state_samples, {frame.runtime, frame.i32(state.index)})));
  }
  llvm::Value* arguments = frame.stack_array(builder.getInt64Ty(), values.size());
  for (uint64_t slot = 0; slot < values.size(); ++slot) {
    builder.CreateStore(values[slot], builder.CreateConstInBoundsGEP1_64(builder.getInt64Ty(), arguments, slot));
  }
  return {arguments, values.size()};
}

/// Fills in the kernel's arguments, makes room for its expectations and runs it over all sample points.
void run_kernel(FunctionFrame& frame, const EmittedKernel& kernel, const KernelPlan& plan, KernelRows& rows) {
  IrBuilder& builder = frame.builder;
  llvm::Value* arguments = arguments_of(frame, kernel, rows).first;
  llvm::Value* count = builder.getInt64(0);
  std::vector<llvm::Value*> starts;
  for (ValueId id : plan.expectations) {
    starts.push_back(count);
    count = builder.CreateNSWAdd(count, frame.extent(frame.source.type(id).dims));
  }
  llvm::Value* partials =
      plan.expectations.empty() ? llvm::Constant::getNullValue(builder.getPtrTy()) : frame.new_numbers(count);
  for (size_t i = 0; i < starts.size(); ++i) {
    frame.access.place(plan.expectations[i], builder.CreateInBoundsGEP(builder.getDoubleTy(), partials, starts[i]));
  }
  frame.check_status(call_runtime(builder, RuntimeFunction::tp_rt_for_samples,
                                  {frame.runtime, kernel.function, arguments, partials, count,
                                   builder.getInt64(static_cast<uint64_t>(kernel.least_block))}));
}

std::vector<ValueId> instructions_of(const NumberStep& step) {
  if (step.call.valid()) return {step.call};
  std::vector<ValueId> all;
  for (const NumberMember& member : step.group.members) {
    all.insert(all.end(), member.values.begin(), member.values.end());
  }
  return all;
}

/// results[i] = the number's values, extents first; a null entry is not wanted.
void copy_results(FunctionFrame& frame) {
  IrBuilder& builder = frame.builder;
  for (size_t i = 0; i < frame.source.results.size(); ++i) {
    const ValueId value = frame.source.results[i].value;
    llvm::Value* entry =
        builder.CreateConstInBoundsGEP1_64(builder.getPtrTy(), frame.target->getArg(3), static_cast<uint64_t>(i));
    llvm::Value* destination = builder.CreateLoad(builder.getPtrTy(), entry);
    auto* copy = llvm::BasicBlock::Create(builder.getContext(), "result", frame.target);
    auto* next = llvm::BasicBlock::Create(builder.getContext(), "next", frame.target);
    builder.CreateCondBr(builder.CreateIsNotNull(destination), copy, next);
    builder.SetInsertPoint(copy);
    const auto dims = extents_first(frame.context.source, frame.source.type(value).dims);
    frame.fill(destination, dims, [&](const Indices& indices) { return frame.access.number(builder, value, indices); });
    builder.CreateBr(next);
    builder.SetInsertPoint(next);
  }
}

}  // namespace

llvm::Function* emit_function(const ModuleContext& context, const ir::limit::Function& function) {
  const Schedule schedule = codegen::schedule(context.source, function);
  std::vector<KernelPlan> kernels;
  for (const Phase& phase : schedule.phases) kernels.push_back(plan_kernel(function, phase.kernel));
  const KernelPlan changes = plan_changes(function, schedule.changes);
  const BufferPlan buffers = plan_buffers(context.source, function, schedule, kernels, changes);
  const NumberPlan numbers = plan_numbers(context.source, function, schedule);

  const std::string name = context.prefix + "." + function.name();
  FunctionFrame frame(context, function, name);
  place_memory(frame, buffers);
  const auto slots = static_cast<uint32_t>(buffers.slots.size());
  KernelRows rows(frame, slots);
  for (size_t i = 0; i < schedule.phases.size(); ++i) {
    for (const NumberStep& step : numbers.phases[i]) {
      for (ValueId id : instructions_of(step)) frame.check_indices_of(id);
      step.call.valid() ? emit_call(frame, step.call) : emit_numbers(frame, numbers, step.group);
    }
    if (kernels[i].groups.empty()) continue;
    for (ValueId id : schedule.phases[i].kernel) frame.check_indices_of(id);
    const auto kernel = emit_kernel(context, function, frame.access.extents().of_function(), kernels[i], buffers,
                                    name + ".phase_" + std::to_string(i));
    run_kernel(frame, kernel, kernels[i], rows);
  }
  copy_results(frame);
  if (!changes.groups.empty()) {
    for (ValueId id : schedule.changes) frame.check_indices_of(id);
    const auto kernel =
        emit_kernel(context, function, frame.access.extents().of_function(), changes, buffers, name + ".changes");
    const auto [arguments, count] = arguments_of(frame, kernel, rows);
    frame.check_status(call_runtime(frame.builder, RuntimeFunction::tp_rt_when_successful,
                                    {frame.runtime, kernel.function, arguments, frame.builder.getInt64(count)}));
  }
  frame.copy_from_slot(slots + 1);
  emit_pairs(frame, schedule.pairs, name);
  emit_effects(frame, schedule.effects);
  frame.finish();
  return frame.target;
}

}  // namespace tpc::codegen
