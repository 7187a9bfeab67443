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

/// Fills in the kernel's arguments, makes room for its expectations and runs it over all sample points.
void run_kernel(FunctionFrame& frame, const EmittedKernel& kernel, const KernelPlan& plan, llvm::Value* weights) {
  IrBuilder& builder = frame.builder;
  const uint64_t first_array = kernel_first_extent + kernel.extents.size();
  const uint64_t slot_count = first_array + kernel.arrays.size();
  llvm::Value* arguments = frame.stack_array(builder.getInt64Ty(), slot_count);
  auto store = [&](uint64_t slot, llvm::Value* value) {
    builder.CreateStore(value, builder.CreateConstInBoundsGEP1_64(builder.getInt64Ty(), arguments, slot));
  };
  store(kernel_sample_count, frame.sample_count);
  store(kernel_weights, weights);
  for (size_t i = 0; i < kernel.extents.size(); ++i) {
    store(kernel_first_extent + i, frame.access.extents().size(builder, kernel.extents[i]));
  }
  for (size_t i = 0; i < kernel.arrays.size(); ++i) {
    store(first_array + i, frame.access.pointer(kernel.arrays[i]));
  }
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
                                  {frame.runtime, kernel.function, arguments, partials, count}));
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
  const BufferPlan buffers = plan_buffers(context.source, function, schedule, kernels);
  const NumberPlan numbers = plan_numbers(context.source, function, schedule);

  const std::string name = context.prefix + "." + function.name();
  FunctionFrame frame(context, function, name);
  place_memory(frame, buffers);
  llvm::Value* weights = nullptr;  // asked for before the first kernel
  for (size_t i = 0; i < schedule.phases.size(); ++i) {
    for (const NumberStep& step : numbers.phases[i]) {
      step.call.valid() ? emit_call(frame, step.call) : emit_numbers(frame, numbers, step.group);
    }
    if (kernels[i].groups.empty()) continue;
    if (!weights) {
      weights = frame.check_memory(call_runtime(frame.builder, RuntimeFunction::tp_rt_weights, {frame.runtime}));
    }
    const auto kernel = emit_kernel(context, function, frame.access.extents().of_function(), kernels[i], buffers,
                                    name + ".phase_" + std::to_string(i));
    run_kernel(frame, kernel, kernels[i], weights);
  }
  copy_results(frame);
  emit_effects(frame, schedule.effects, static_cast<uint32_t>(buffers.slots.size()));
  frame.finish();
  return frame.target;
}

}  // namespace tpc::codegen
