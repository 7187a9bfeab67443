#include "codegen/call_emitter.h"

#include <algorithm>
#include <initializer_list>

#include "base/diag/check.h"
#include "codegen/number_plan.h"
#include "codegen/schedule/phases.h"
#include "ir/core/fields.h"
#include "ir/core/typing.h"
#include "ir/core/visit.h"
#include "ir/limit/random.h"

namespace tpc::codegen {

using ir::DimId;
using ir::Kind;
using ir::ValueId;

namespace {

class CallEmitter {
 public:
  CallEmitter(FunctionFrame& frame, ValueId id)
      : frame_(frame), builder_(frame.builder), id_(id), dims_(frame.source.type(id).dims) {}

  void emit() { std::visit(*this, frame_.source.at(id_).op); }

  void operator()(const ir::Contract& op) {
    if (const auto form = matrix_product(frame_.context.source, frame_.source, op)) {
      llvm::Value* out = new_result();
      return frame_.check_status(call_runtime(
          builder_, RuntimeFunction::tp_rt_matrix_product,
          {frame_.runtime, out, frame_.extent(form->rows), frame_.extent(form->columns), frame_.extent(form->inner),
           frame_.access.pointer(op.lhs), frame_.i32(form->lhs_transposed ? 1 : 0), frame_.access.pointer(op.rhs),
           frame_.i32(form->rhs_transposed ? 1 : 0)}));
    }
    const auto form = dense_contract(frame_.context.source, frame_.source, op);
    TPC_CHECK(form.has_value(), "a contraction outside of its loop nest");
    emit_product(*form);
  }

  void operator()(const ir::OneHot& op) {
    std::vector<DimId> examples = frame_.source.type(op.argument).dims;
    llvm::Value* labels = frame_.numbers_ordered(op.argument, examples);
    llvm::Value* out = new_result();
    frame_.check_status(call_runtime(
        builder_, RuntimeFunction::tp_rt_one_hot,
        {frame_.runtime, labels, frame_.extent(examples), frame_.access.extents().size(builder_, op.dim), out}));
  }

  /// Slices are the dimensions that both operands keep; the runtime wants [slices, rows or columns, over].
  void operator()(const ir::limit::Area& op) {
    const auto lhs = ir::without_dims(frame_.source.type(op.lhs).dims, op.over);
    const auto rhs = ir::without_dims(frame_.source.type(op.rhs).dims, op.over);
    const auto rows = ir::without_dims(lhs, rhs), columns = ir::without_dims(rhs, lhs);
    const auto slices = ir::without_dims(lhs, rows);
    const auto made = ir::union_dims(slices, ir::union_dims(rows, columns));
    auto vectors = [&](ValueId id, const std::vector<DimId>& side) {
      return frame_.numbers_ordered(id, ir::union_dims(ir::union_dims(slices, side), op.over));
    };
    llvm::Value *left = vectors(op.lhs, rows), *right = vectors(op.rhs, columns),
                *products = frame_.numbers_ordered(op.product, made);
    with_order(made, [&](llvm::Value* out) {
      frame_.check_status(call_runtime(builder_, RuntimeFunction::tp_rt_area,
                                       {frame_.runtime, out, frame_.extent(slices), frame_.extent(rows),
                                        frame_.extent(columns), frame_.extent(op.over), left, right, products}));
    });
  }

  void operator()(const ir::limit::NormalRule& op) {
    frame_.check_status(call_runtime(builder_, RuntimeFunction::tp_rt_normal_rule,
                                     {frame_.runtime, frame_.access.extents().size(builder_, op.dim),
                                      frame_.i32(op.weights ? 1 : 0), new_result()}));
  }

  void operator()(const ir::DimIndex& op) {
    frame_.fill(new_result(), dims_, [&](const Indices& indices) {
      return builder_.CreateSIToFP(indices.at(op.dim), builder_.getDoubleTy());
    });
  }

  void operator()(const ir::Softmax& op) {
    with_innermost(op.over, [&](const std::vector<DimId>& examples, llvm::Value* out) {
      llvm::Value* values = frame_.numbers_ordered(op.argument, ir::union_dims(examples, {op.over}));
      frame_.check_status(call_runtime(
          builder_, RuntimeFunction::tp_rt_softmax,
          {frame_.runtime, values, frame_.extent(examples), frame_.access.extents().size(builder_, op.over), out}));
    });
  }

  void operator()(const ir::LogSumExp& op) {
    llvm::Value* values = frame_.numbers_ordered(op.argument, ir::union_dims(dims_, {op.over}));
    frame_.check_status(call_runtime(
        builder_, RuntimeFunction::tp_rt_log_sum_exp,
        {frame_.runtime, values, frame_.extent(dims_), frame_.access.extents().size(builder_, op.over), new_result()}));
  }

  /// out = 0, then every number to its place.
  void operator()(const ir::Scatter& op) {
    llvm::Value* out = new_result();
    llvm::Value* nothing = llvm::ConstantFP::get(builder_.getDoubleTy(), 0.0);
    frame_.fill(out, dims_, [&](const Indices&) { return nothing; });
    Indices indices;
    const auto all = ir::union_dims(frame_.source.type(op.index).dims, frame_.source.type(op.value).dims);
    emit_nest(builder_, frame_.access.extents(), all, indices, [&] {
      const auto place = frame_.access.place_of(builder_, op.index, op.dim, indices);
      llvm::Value* value =
          builder_.CreateSelect(place.is_absent, nothing, frame_.access.number(builder_, op.value, indices));
      llvm::Value* address = advance(builder_.getDoubleTy(), out, dims_, place.indices, builder_.getInt64(1));
      llvm::Value* old = builder_.CreateLoad(builder_.getDoubleTy(), address);
      builder_.CreateStore(builder_.CreateFAdd(old, value), address);
    });
  }

  void operator()(const ir::FirstOccurrence& op) {
    const auto list = [&](ValueId id) { return frame_.numbers_ordered(id, frame_.source.type(id).dims); };
    const auto count = [&](ValueId id) { return frame_.extent(frame_.source.type(id).dims); };
    llvm::Value* lists = frame_.stack_array(builder_.getPtrTy(), op.earlier.size());
    llvm::Value* counts = frame_.stack_array(builder_.getInt64Ty(), op.earlier.size());
    for (uint64_t i = 0; i < op.earlier.size(); ++i) {
      builder_.CreateStore(list(op.earlier[i]), builder_.CreateConstInBoundsGEP1_64(builder_.getPtrTy(), lists, i));
      builder_.CreateStore(count(op.earlier[i]), builder_.CreateConstInBoundsGEP1_64(builder_.getInt64Ty(), counts, i));
    }
    llvm::Value* indices = list(op.index);
    frame_.check_status(call_runtime(
        builder_, RuntimeFunction::tp_rt_first_occurrence,
        {frame_.runtime, indices, count(op.index), lists, counts, builder_.getInt64(op.earlier.size()), new_result()}));
  }

  void operator()(const ir::limit::Condition& op) {
    const auto& exponents = frame_.context.argument_exponents;
    const auto place = static_cast<std::uint32_t>(std::ranges::find(exponents, op.exponent) - exponents.begin());
    const std::uint32_t size_class = std::min(place, TP_SIZE_CLASSES - 1);  // further exponents share the last one
    emit_matrix(RuntimeFunction::tp_rt_condition, op, {frame_.i32(size_class)});
  }
  void operator()(const ir::limit::Accumulated& op) { emit_matrix(RuntimeFunction::tp_rt_accumulated, op, {}); }

  void operator()(const ir::limit::PairApply& op) {
    const auto* read = std::get_if<ir::Read>(&frame_.source.at(op.pair).op);
    TPC_CHECK(read != nullptr, "a product with a function of pairs that is no state");
    frame_.check_status(
        call_runtime(builder_, RuntimeFunction::tp_rt_apply_pair,
                     {frame_.runtime, frame_.operand(read->state.index), frame_.i32(op.transposed ? 1 : 0),
                      frame_.access.pointer(op.argument), frame_.extent(dims_), frame_.access.pointer(id_)}));
  }

  void operator()(const ir::limit::Expect& op) {
    const auto form = dense_expect(frame_.context.source, frame_.source, op);
    TPC_CHECK(form.has_value(), "an expectation outside of its kernel");
    llvm::Value* out = new_result();
    const std::vector<DimId> pairs = ir::union_dims(form->lhs_rows, form->rhs_rows);
    llvm::Value* product = out;
    if (!op.over.empty()) {
      frame_.fill(out, dims_, [&](const Indices&) { return llvm::ConstantFP::get(builder_.getDoubleTy(), 0.0); });
      product = frame_.new_numbers(frame_.extent(pairs));
    }
    Indices slice;
    emit_nest(builder_, frame_.access.extents(), form->slices, slice, [&] {
      const auto kept = ir::without_dims(form->slices, op.over);
      llvm::Value* place = advance(builder_.getDoubleTy(), out, kept, slice, frame_.extent(pairs));
      frame_.check_status(
          call_runtime(builder_, RuntimeFunction::tp_rt_expect,
                       {frame_.runtime, op.over.empty() ? place : product,
                        samples(op.lhs, form->slices, form->lhs_rows, slice), frame_.extent(form->lhs_rows),
                        samples(op.rhs, form->slices, form->rhs_rows, slice), frame_.extent(form->rhs_rows)}));
      if (!op.over.empty()) add_all(place, product, frame_.extent(pairs));
    });
  }

  /// These have no code between kernels (Execution::none, fused, effect): a bug of the schedule.
  template <ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::limit::Unit, ir::Read, ir::Relabel,
                      ir::Map, ir::Gather, ir::Present, ir::AddRows, ir::limit::PairProduct, ir::limit::Append,
                      ir::limit::Combine, ir::Write>
                Op>
  void operator()(const Op&) {
    TPC_CHECK(false, "the schedule calls an instruction that is no call: %" + std::to_string(id_.index));
  }

 private:
  llvm::Value* new_result() {
    llvm::Value* out = frame_.new_numbers(frame_.extent(dims_));
    frame_.place(id_, out);
    return out;
  }
  /// The runtime wants the dimension `over` innermost.
  void with_innermost(DimId over, llvm::function_ref<void(const std::vector<DimId>&, llvm::Value*)> make) {
    const auto examples = ir::without_dims(dims_, {over});
    with_order(ir::union_dims(examples, {over}), [&](llvm::Value* out) { make(examples, out); });
  }
  /// A result that the runtime makes in another order than it is stored in is made there first and then reordered.
  void with_order(const std::vector<DimId>& order, llvm::function_ref<void(llvm::Value*)> make) {
    llvm::Value* out = new_result();
    llvm::Value* made = order == dims_ ? out : frame_.new_numbers(frame_.extent(order));
    make(made);
    if (order == dims_) return;
    frame_.fill(out, dims_, [&](const Indices& indices) {
      llvm::Value* offset = frame_.access.extents().offset(builder_, order, indices);
      return builder_.CreateLoad(builder_.getDoubleTy(),
                                 builder_.CreateInBoundsGEP(builder_.getDoubleTy(), made, offset));
    });
  }

  /// base + (row-major position of the indices in `dims`) * stride elements.
  llvm::Value* advance(llvm::Type* element, llvm::Value* base, const std::vector<DimId>& dims, const Indices& indices,
                       llvm::Value* stride) {
    llvm::Value* offset = builder_.CreateNSWMul(frame_.access.extents().offset(builder_, dims, indices), stride);
    return builder_.CreateInBoundsGEP(element, base, offset);
  }

  /// The rows of one slice of a random variable stored as [slices, rows, M].
  llvm::Value* samples(ValueId id, const std::vector<DimId>& slices, const std::vector<DimId>& rows,
                       const Indices& slice) {
    llvm::Value* stride = builder_.CreateNSWMul(frame_.extent(rows), frame_.sample_count);
    return advance(frame_.context.element, frame_.access.pointer(id), slices, slice, stride);
  }

  /// The distance in `stored` between neighbours along `group`, whose dimensions stand together there, or 0.
  llvm::Value* stride_of(const std::vector<DimId>& group, const std::vector<DimId>& stored) {
    if (group.empty() || !ir::contains_dim(stored, group.back())) return builder_.getInt64(0);
    return frame_.extent({std::ranges::find(stored, group.back()) + 1, stored.end()});
  }

  void emit_product(const ContractForm& form) {
    const bool has_coefficient = form.coefficient.valid() && !is_immediate(frame_.source, form.coefficient);
    const auto stored =
        has_coefficient ? storage_dims(frame_.context.source, frame_.source, form.coefficient) : std::vector<DimId>{};
    llvm::Value* base = has_coefficient ? frame_.access.pointer(form.coefficient) : constant_coefficient(form);
    Indices slice;
    emit_nest(builder_, frame_.access.extents(), form.slices, slice, [&] {
      Indices first = slice;  // row 0, column 0 of the slice
      for (DimId dim : form.rows) first[dim] = builder_.getInt64(0);
      for (DimId dim : form.columns) first[dim] = builder_.getInt64(0);
      llvm::Value* coefficients = advance(builder_.getDoubleTy(), base, stored, first, builder_.getInt64(1));
      frame_.check_status(
          call_runtime(builder_, RuntimeFunction::tp_rt_contract,
                       {frame_.runtime, samples(id_, form.slices, form.rows, slice), frame_.extent(form.rows),
                        coefficients, stride_of(form.rows, stored), stride_of(form.columns, stored),
                        samples(form.random, form.slices, form.columns, slice), frame_.extent(form.columns)}));
    });
  }

  /// One number in memory, read with strides 0.
  llvm::Value* constant_coefficient(const ContractForm& form) {
    llvm::Value* address = frame_.stack_array(builder_.getDoubleTy(), 1);
    llvm::Value* value = form.coefficient.valid() ? frame_.access.immediate(builder_, form.coefficient)
                                                  : llvm::ConstantFP::get(builder_.getDoubleTy(), 1.0);
    builder_.CreateStore(value, address);
    return address;
  }

  /// Which matrix and which way, what else `function` wants to know, then rows in and out.
  template <class Product>
  void emit_matrix(RuntimeFunction function, const Product& op, std::initializer_list<llvm::Value*> more) {
    llvm::SmallVector<llvm::Value*, 8> arguments = {frame_.runtime, frame_.operand(op.matrix.index),
                                                    frame_.i32(op.transposed ? 1 : 0)};
    arguments.append(more);
    arguments.append({frame_.access.pointer(op.argument), frame_.extent(dims_), frame_.access.pointer(id_)});
    frame_.check_status(call_runtime(builder_, function, arguments));
  }

  void add_all(llvm::Value* into, llvm::Value* from, llvm::Value* count) {
    emit_loop(builder_, builder_.getInt64(0), count, 1, {}, [&](llvm::Value* i, const Carried&) {
      llvm::Type* type = builder_.getDoubleTy();
      llvm::Value* place = builder_.CreateInBoundsGEP(type, into, i);
      llvm::Value* term = builder_.CreateLoad(type, builder_.CreateInBoundsGEP(type, from, i));
      builder_.CreateStore(builder_.CreateFAdd(builder_.CreateLoad(type, place), term), place);
      return Carried{};
    });
  }

  FunctionFrame& frame_;
  IrBuilder& builder_;
  ValueId id_;
  const std::vector<DimId>& dims_;
};

class EffectEmitter {
 public:
  explicit EffectEmitter(FunctionFrame& frame) : frame_(frame), builder_(frame.builder) {}

  void emit(const std::vector<ValueId>& effects) {
    std::vector<ir::Write> writes;
    for (ValueId id : effects) {
      frame_.check_indices_of(id);
      std::visit(ir::Overloaded{[&](const ir::limit::Append& op) { frame_.act([&] { emit_append(op); }); },
                                [&](const ir::limit::Combine& op) { frame_.act([&] { emit_combine(op); }); },
                                [&](const ir::AddRows& op) { frame_.act([&] { emit_added_numbers(op); }); },
                                [&](const ir::Write& op) { writes.push_back(op); },
                                []<class Op>(const Op&)
                                  requires(!ir::HasEffect<Op>)
                                { TPC_CHECK(false, "an instruction without effect among the effects"); }},
                                frame_.source.at(id).op);
    }
    std::vector<Cell> values;  // all before the first write
    for (const ir::Write& write : writes) frame_.act([&] { values.push_back(frame_.keep(value_of(write))); });
    for (size_t i = 0; i < writes.size(); ++i) frame_.act([&] { emit_write(writes[i], values[i]); });
  }

 private:
  void emit_write(const ir::Write& write, Cell value) {
    const auto function = ir::limit::is_random(frame_.source, write.value) ? RuntimeFunction::tp_rt_write_samples
                                                                           : RuntimeFunction::tp_rt_write_scalars;
    frame_.check_status(
        call_runtime(builder_, function, {frame_.runtime, frame_.operand(write.state.index), frame_.load(value)}));
  }

  void emit_append(const ir::limit::Append& op) {
    const auto& dims = frame_.source.type(op.left).dims;
    llvm::Value* coefficient = frame_.access.number(builder_, op.coefficient, {});
    llvm::Value* right = frame_.rows_ordered(op.right, dims);
    frame_.check_status(call_runtime(builder_, RuntimeFunction::tp_rt_append,
                                     {frame_.runtime, frame_.operand(op.matrix.index), coefficient,
                                      frame_.access.pointer(op.left), right, frame_.extent(dims)}));
  }

  void emit_combine(const ir::limit::Combine& op) {
    frame_.check_status(call_runtime(builder_, RuntimeFunction::tp_rt_combine,
                                     {frame_.runtime, frame_.operand(op.matrix.index), frame_.operand(op.source.index),
                                      frame_.access.number(builder_, op.coefficient, {})}));
  }

  /// Lists of places in the state and of what is added there; -1 where the index is absent.
  void emit_added_numbers(const ir::AddRows& op) {
    const auto all = ir::union_dims(frame_.source.type(op.index).dims, frame_.source.type(op.value).dims);
    const auto& state = frame_.context.source.state(op.state).type.dims;
    llvm::Value* places = frame_.new_numbers(frame_.extent(all));
    frame_.fill(places, all, [&](const Indices& indices) {
      const auto place = frame_.access.place_of(builder_, op.index, op.dim, indices);
      llvm::Value* offset = frame_.access.extents().offset(builder_, state, place.indices);
      return builder_.CreateSIToFP(builder_.CreateSelect(place.is_absent, builder_.getInt64(-1), offset),
                                   builder_.getDoubleTy());
    });
    llvm::Value* values = frame_.numbers_ordered(op.value, all);
    frame_.check_status(
        call_runtime(builder_, RuntimeFunction::tp_rt_add_numbers,
                     {frame_.runtime, frame_.operand(op.state.index), places, values, frame_.extent(all)}));
  }

  /// Where the new value stands; old values of states are copied, for an earlier write may replace them.
  llvm::Value* value_of(const ir::Write& write) {
    const auto& dims = frame_.source.type(write.value).dims;
    const ValueId maker = without_relabels(frame_.source, write.value);
    const bool is_old_value = std::holds_alternative<ir::Read>(frame_.source.at(maker).op);
    if (ir::limit::is_random(frame_.source, write.value))
      return is_old_value ? frame_.copied_rows(write.value, dims) : frame_.access.pointer(write.value);
    if (!is_old_value) return frame_.numbers_ordered(write.value, dims);
    llvm::Value* copy = frame_.new_numbers(frame_.extent(dims));
    frame_.fill(copy, dims, [&](const Indices& i) { return frame_.access.number(builder_, write.value, i); });
    return copy;
  }

  FunctionFrame& frame_;
  IrBuilder& builder_;
};

}  // namespace

void emit_call(FunctionFrame& frame, ValueId id) { CallEmitter(frame, id).emit(); }

void emit_effects(FunctionFrame& frame, const std::vector<ValueId>& effects) { EffectEmitter(frame).emit(effects); }

}  // namespace tpc::codegen
