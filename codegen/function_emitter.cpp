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

void place_buffers(FunctionFrame& frame, const BufferPlan& buffers) {
  std::vector<Cell> cells;
  for (size_t i = 0; i < buffers.slots.size(); ++i) {
    frame.act([&] {
      cells.push_back(frame.keep(frame.check_memory(
          call_runtime(frame.builder, RuntimeFunction::tp_rt_samples,
                       {frame.runtime, frame.operand(static_cast<uint32_t>(i)), rows_of(frame, buffers.slots[i])}))));
    });
  }
  for (const auto& [id, slot] : buffers.slot_of) frame.place(id, cells[slot]);
}

/// An address of one of the caller's tables.
llvm::Value* entry_of(FunctionFrame& frame, Cell table, uint32_t index) {
  auto* pointer = frame.builder.getPtrTy();
  llvm::Value* place = frame.builder.CreateZExt(frame.operand(index), frame.builder.getInt64Ty());
  return frame.builder.CreateLoad(pointer, frame.builder.CreateInBoundsGEP(pointer, frame.load(table), place));
}

/// Where a field, a state or the random variable 1 stands.
llvm::Value* standing_memory(FunctionFrame& frame, const ir::limit::Instruction& instruction) {
  IrBuilder& builder = frame.builder;
  if (const auto* input = std::get_if<ir::Input>(&instruction.op)) {
    const auto index = static_cast<uint32_t>(field_index(fields_of(frame.context.source), *input));
    return entry_of(frame, Cell::fields, index);
  }
  if (const auto* read = std::get_if<ir::Read>(&instruction.op)) {
    const auto function = instruction.type.kind == Kind::vector ? RuntimeFunction::tp_rt_state_samples
                                                                : RuntimeFunction::tp_rt_state_scalars;
    return frame.check_memory(call_runtime(builder, function, {frame.runtime, frame.operand(read->state.index)}));
  }
  return frame.check_memory(call_runtime(builder, RuntimeFunction::tp_rt_unit, {frame.runtime}));
}

/// Places what needs no computation.
void place_memory(FunctionFrame& frame, const BufferPlan& buffers) {
  place_buffers(frame, buffers);
  for (size_t i = 0; i < frame.source.body.size(); ++i) {
    const auto& instruction = frame.source.body[i];
    if (instruction.type.kind == Kind::pair) continue;  // the runtime keeps them
    const bool stands = std::holds_alternative<ir::Input>(instruction.op) ||
                        std::holds_alternative<ir::Read>(instruction.op) ||
                        std::holds_alternative<ir::limit::Unit>(instruction.op);
    if (stands) frame.act([&] { frame.place(ValueId(i), standing_memory(frame, instruction)); });
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
  KernelRows(FunctionFrame& frame, uint32_t waste_slot) : weights_(row(frame, RuntimeFunction::tp_rt_weights)) {
    if (!has_rows_by_index(frame.source)) return;
    zero_ = row(frame, RuntimeFunction::tp_rt_zero);
    frame.act([&] {
      waste_ = frame.keep(
          frame.check_memory(call_runtime(frame.builder, RuntimeFunction::tp_rt_samples,
                                          {frame.runtime, frame.operand(waste_slot), frame.builder.getInt64(1)})));
    });
  }

  /// Into the first arguments of a kernel.
  void load(FunctionFrame& frame, std::vector<llvm::Value*>& arguments) const {
    arguments[kernel_weights] = frame.load(weights_);
    if (zero_) arguments[kernel_zero] = frame.load(*zero_);
    if (waste_) arguments[kernel_waste] = frame.load(*waste_);
  }

 private:
  static Cell row(FunctionFrame& frame, RuntimeFunction function) {
    Cell cell{};
    frame.act([&] { cell = frame.keep(frame.check_memory(call_runtime(frame.builder, function, {frame.runtime}))); });
    return cell;
  }

  Cell weights_;
  std::optional<Cell> zero_, waste_;
};

/// The kernel's arguments as an array on the stack, and their number.
std::pair<llvm::Value*, uint64_t> arguments_of(FunctionFrame& frame, const EmittedKernel& kernel,
                                               const KernelRows& rows) {
  IrBuilder& builder = frame.builder;
  std::vector<llvm::Value*> values(kernel_first_extent, llvm::Constant::getNullValue(builder.getPtrTy()));
  values[kernel_sample_count] = frame.sample_count;
  rows.load(frame, values);
  for (ir::DimId extent : kernel.extents) values.push_back(frame.access.extents().size(builder, extent));
  for (ValueId array : kernel.arrays) values.push_back(frame.access.pointer(array));
  for (ir::StateId state : kernel.changed) {
    values.push_back(frame.check_memory(
        call_runtime(builder, RuntimeFunction::tp_rt_state_samples, {frame.runtime, frame.operand(state.index)})));
  }
  llvm::Value* arguments = frame.stack_array(builder.getInt64Ty(), values.size());
  for (uint64_t slot = 0; slot < values.size(); ++slot) {
    builder.CreateStore(values[slot], builder.CreateConstInBoundsGEP1_64(builder.getInt64Ty(), arguments, slot));
  }
  return {arguments, values.size()};
}

/// Fills in the kernel's arguments, makes room for its expectations and runs it over all sample points.
void run_kernel(FunctionFrame& frame, const EmittedKernel& kernel, const KernelPlan& plan, const KernelRows& rows) {
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
    frame.place(plan.expectations[i], builder.CreateInBoundsGEP(builder.getDoubleTy(), partials, starts[i]));
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

/// results[index] = the number's values, extents first; a null entry is not wanted.
void copy_result(FunctionFrame& frame, size_t index) {
  IrBuilder& builder = frame.builder;
  const ValueId value = frame.source.results[index].value;
  llvm::Value* destination = entry_of(frame, Cell::results, static_cast<uint32_t>(index));
  auto *copy = frame.new_block("result"), *next = frame.new_block("next");
  builder.CreateCondBr(builder.CreateIsNotNull(destination), copy, next);
  builder.SetInsertPoint(copy);
  const auto dims = extents_first(frame.context.source, frame.source.type(value).dims);
  frame.fill(destination, dims, [&](const Indices& indices) { return frame.access.number(builder, value, indices); });
  builder.CreateBr(next);
  builder.SetInsertPoint(next);
}

/// Makes the kernel, which is left to the runtime for when the function has succeeded.
void emit_changes(FunctionFrame& frame, const KernelPlan& changes, const BufferPlan& buffers, const KernelRows& rows) {
  const auto kernel =
      emit_kernel(frame.context, frame.source, frame.function_extents, changes, buffers, frame.name + ".changes");
  frame.act([&] {
    const auto [arguments, count] = arguments_of(frame, kernel, rows);
    frame.check_status(call_runtime(frame.builder, RuntimeFunction::tp_rt_when_successful,
                                    {frame.runtime, kernel.function, arguments, frame.builder.getInt64(count)}));
  });
}

void emit_number_step(FunctionFrame& frame, const NumberPlan& numbers, const NumberStep& step) {
  for (ValueId id : instructions_of(step)) frame.check_indices_of(id);
  frame.act([&] { step.call.valid() ? emit_call(frame, step.call) : emit_numbers(frame, numbers, step.group); });
}

}  // namespace

llvm::Function* emit_function(const ModuleContext& context, const ir::limit::Function& function) {
  const Schedule schedule = codegen::schedule(context.source, function);
  std::vector<KernelPlan> kernels;
  for (const Phase& phase : schedule.phases) kernels.push_back(plan_kernel(function, phase.kernel));
  const KernelPlan changes = plan_changes(function, schedule.changes);
  const BufferPlan buffers = plan_buffers(context.source, function, schedule, kernels, changes);
  const NumberPlan numbers = plan_numbers(context.source, function, schedule);

  FunctionFrame frame(context, function, context.prefix + "." + function.name());
  place_memory(frame, buffers);
  const auto slots = static_cast<uint32_t>(buffers.slots.size());
  const KernelRows rows(frame, slots);
  for (size_t i = 0; i < schedule.phases.size(); ++i) {
    for (const NumberStep& step : numbers.phases[i]) emit_number_step(frame, numbers, step);
    if (kernels[i].groups.empty()) continue;
    for (ValueId id : schedule.phases[i].kernel) frame.check_indices_of(id);
    const auto kernel = emit_kernel(context, function, frame.function_extents, kernels[i], buffers,
                                    frame.name + ".phase_" + std::to_string(i));
    frame.act([&] { run_kernel(frame, kernel, kernels[i], rows); });
  }
  for (size_t i = 0; i < function.results.size(); ++i) frame.act([&] { copy_result(frame, i); });
  for (ValueId id : schedule.changes) frame.check_indices_of(id);
  if (!changes.groups.empty()) emit_changes(frame, changes, buffers, rows);
  frame.copy_from_slot(slots + 1);
  emit_pairs(frame, schedule.pairs);
  emit_effects(frame, schedule.effects);
  return frame.finish();
}

}  // namespace tpc::codegen
