#include "codegen/kernel_emitter.h"

#include <algorithm>

#include <llvm/IR/Intrinsics.h>

#include "base/diag/check.h"
#include "codegen/equal_functions.h"
#include "codegen/kernel_operands.h"
#include "codegen/value_access.h"
#include "codegen/vector_math.h"
#include "ir/core/extents.h"
#include "ir/core/fields.h"
#include "ir/core/typing.h"

namespace tpc::codegen {

using ir::Kind;
using ir::ValueId;

namespace {

/// Samples a tile: what one group leaves for the next is still in the nearest caches; and samples a block.
struct Pieces {
  int64_t tile = 256, block = 512;
};
/// Picked rows come from far away, in longer pieces faster; where rows are changed they have just been read.
constexpr Pieces of_picked_rows{1280, 1280};
/// While one of them is read, this many rows further is fetched: where it lies no processor can guess.
constexpr uint64_t rows_ahead = 2;

Pieces pieces_of(const ir::limit::Function& function, const KernelPlan& plan) {
  bool picks = false;
  for (const LoopGroup& group : plan.groups) {
    for (ValueId id : group.members) {
      if (std::holds_alternative<ir::AddRows>(function.at(id).op)) return {};
      const std::vector<ValueId> operands = ir::operands(function.at(id).op);
      picks = picks || std::ranges::any_of(operands, [&](ValueId each) { return is_picked_rows(function, each); });
    }
  }
  return picks ? of_picked_rows : Pieces{};
}

class KernelEmitter {
  /// Of a value: its own row, of picked rows that get one the row that is copied, and the row that is fetched ahead.
  enum class Row { own, picked, later };

 public:
  KernelEmitter(const ModuleContext& context, const ir::limit::Function& function, const ir::FunctionExtents& extents,
                const KernelPlan& plan, const BufferPlan& buffers)
      : context_(context),
        function_(function),
        plan_(plan),
        pieces_(pieces_of(function, plan)),
        buffers_(buffers),
        builder_(context.target.getContext()),
        row_builder_(context.target.getContext()),
        extents_(extents),
        access_(context, function, Extents(context.source, extents_, {})) {}

  EmittedKernel emit(const std::string& name) {
    EmittedKernel result{declare(name), met_extents(context_.source, function_, extents_, plan_),
                         touched_arrays(function_, plan_, buffers_), pieces_.block, changed_states(function_, plan_)};
    load_arguments(result);
    llvm::Value* begin = result.function->getArg(1);
    llvm::Value* end = result.function->getArg(2);
    if (plan_.groups.size() == 1) {
      emit_group(plan_.groups.front(), begin, end);
    } else {
      emit_loop(builder_, begin, end, pieces_.tile, {}, [&](llvm::Value* tile, const Carried&) {
        llvm::Value* full = builder_.CreateNSWAdd(tile, builder_.getInt64(static_cast<uint64_t>(pieces_.tile)));
        llvm::Value* tile_end = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, full, end);
        for (const LoopGroup& group : plan_.groups) emit_group(group, tile, tile_end);
        return Carried{};
      });
    }
    builder_.CreateRetVoid();
    return result;
  }

 private:
  llvm::Function* declare(const std::string& name) {
    auto* pointer = builder_.getPtrTy();
    auto* i64 = builder_.getInt64Ty();
    auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {pointer, i64, i64, pointer}, false);
    auto* kernel = llvm::Function::Create(type, llvm::Function::InternalLinkage, name, context_.target);
    kernel->setDoesNotThrow();
    const char* names[] = {"arguments", "begin", "end", "partials"};
    for (unsigned i = 0; i < 4; ++i) kernel->getArg(i)->setName(names[i]);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(builder_.getContext(), "entry", kernel));
    return kernel;
  }

  llvm::Value* load_argument(llvm::Function* kernel, size_t slot, llvm::Type* type) {
    llvm::Value* address =
        builder_.CreateConstInBoundsGEP1_64(builder_.getInt64Ty(), kernel->getArg(0), static_cast<uint64_t>(slot));
    return builder_.CreateLoad(type, address);
  }

  void load_arguments(const EmittedKernel& kernel) {
    sample_count_ = load_argument(kernel.function, kernel_sample_count, builder_.getInt64Ty());
    std::map<ir::DimId, llvm::Value*> sizes;
    for (size_t i = 0; i < kernel.extents.size(); ++i) {
      sizes[kernel.extents[i]] = load_argument(kernel.function, kernel_first_extent + i, builder_.getInt64Ty());
    }
    access_ = ValueAccess(context_, function_, Extents(context_.source, extents_, std::move(sizes)));
    weights_ = load_argument(kernel.function, kernel_weights, builder_.getPtrTy());
    zero_ = load_argument(kernel.function, kernel_zero, builder_.getPtrTy());
    waste_ = load_argument(kernel.function, kernel_waste, builder_.getPtrTy());
    const size_t first_array = kernel_first_extent + kernel.extents.size();
    for (size_t i = 0; i < kernel.arrays.size(); ++i) {
      access_.place(kernel.arrays[i], load_argument(kernel.function, first_array + i, builder_.getPtrTy()));
    }
    const size_t first_state = first_array + kernel.arrays.size();
    for (size_t i = 0; i < kernel.changed.size(); ++i) {
      states_[kernel.changed[i]] = load_argument(kernel.function, first_state + i, builder_.getPtrTy());
    }
    llvm::Value* next = kernel.function->getArg(3);
    for (ValueId id : plan_.expectations) {
      partials_[id] = next;
      llvm::Value* count = access_.extents().product(builder_, function_.type(id).dims);
      next = builder_.CreateInBoundsGEP(builder_.getDoubleTy(), next, count);
    }
  }

  /// for each row of the group: for each vector of samples: all members.
  void emit_group(const LoopGroup& group, llvm::Value* begin, llvm::Value* end) {
    for (ValueId id : group.members) {
      if (is_accumulated(function_, id) && has_value(id)) clear(id, begin, end);
    }
    indices_.clear();
    innermost_ = group.dims.empty() ? ir::DimId() : group.dims.back();
    emit_nest(builder_, access_.extents(), group.dims, indices_, [&] {
      row_block_ = builder_.GetInsertBlock();
      row_values_.clear();
      Carried sums;
      for (ValueId id : group.members) {
        if (is_expectation(id)) sums.push_back(llvm::Constant::getNullValue(context_.lanes));
      }
      sums =
          emit_loop(builder_, begin, end, context_.lanes->getNumElements(), sums,
                    [&](llvm::Value* sample, const Carried& current) { return emit_members(group, sample, current); });
      size_t next = 0;
      for (ValueId id : group.members) {
        if (is_expectation(id)) add_to_partials(id, sums[next++]);
      }
    });
  }

  [[nodiscard]] bool has_value(ValueId id) const { return function_.type(id).kind == Kind::vector; }

  /// Sums of terms begin with 0.
  void clear(ValueId id, llvm::Value* begin, llvm::Value* end) {
    Indices indices;
    emit_nest(builder_, access_.extents(), function_.type(id).dims, indices, [&] {
      llvm::Value* row = row_of(builder_, id, indices);
      emit_loop(builder_, begin, end, context_.lanes->getNumElements(), {}, [&](llvm::Value* sample, const Carried&) {
        store_lanes(llvm::Constant::getNullValue(context_.lanes), row, sample);
        return Carried{};
      });
    });
  }

  bool is_expectation(ValueId id) const { return std::holds_alternative<ir::limit::Expect>(function_.at(id).op); }

  Carried emit_members(const LoopGroup& group, llvm::Value* sample, const Carried& sums) {
    sample_ = sample;
    registers_.clear();
    Carried next;
    for (ValueId id : group.members) {
      const auto& op = function_.at(id).op;
      if (const auto* expect = std::get_if<ir::limit::Expect>(&op)) {
        next.push_back(emit_expectation(*expect, sums[next.size()]));
        continue;
      }
      if (is_accumulated(function_, id)) {
        add_term(id);
        continue;
      }
      if (const auto* rows = std::get_if<ir::Gather>(&op)) {
        registers_[id] = copied(id, *rows);
      } else {
        const auto* contract = std::get_if<ir::Contract>(&op);
        registers_[id] = contract ? emit_contract(*contract) : emit_map(std::get<ir::Map>(op));
      }
    }
    // Stores come after all loads: a buffer may take the place of one that is read for the last time here.
    for (ValueId id : group.members) {
      if (buffers_.slot_of.contains(id) && !is_accumulated(function_, id)) store(id);
    }
    return next;
  }

  /// destination += the term of this row of the nest.
  void add_term(ValueId id) {
    llvm::Value* row = once_a_row({id, Row::own}, [&](IrBuilder& builder) { return destination(builder, id); });
    llvm::Value* sum = load_lanes(builder_, row);
    const auto& op = function_.at(id).op;
    if (const auto* contract = std::get_if<ir::Contract>(&op)) {
      llvm::Value* lhs = operand(contract->lhs);
      sum = contract->rhs.valid() ? math::multiply_add(builder_, lhs, operand(contract->rhs), sum)
                                  : builder_.CreateFAdd(sum, lhs);
    } else {
      const auto* scatter = std::get_if<ir::Scatter>(&op);
      sum = builder_.CreateFAdd(sum, operand(scatter ? scatter->value : std::get<ir::AddRows>(op).value));
    }
    store_lanes(sum, row, sample_);
  }

  /// The row to which the nest's present row is added.
  llvm::Value* destination(IrBuilder& builder, ValueId id) {
    const auto by_index = [&](llvm::Value* base, const std::vector<ir::DimId>& dims, ir::DimId dim, ValueId index) {
      const ValueAccess::Place place = access_.place_of(builder, index, dim, indices_);
      llvm::Value* row = access_.row(builder, base, dims, place.indices, sample_count_);
      return builder.CreateSelect(place.is_absent, waste_, row);
    };
    const auto& op = function_.at(id).op;
    if (const auto* rows = std::get_if<ir::AddRows>(&op)) {
      const auto& dims = context_.source.state(rows->state).type.dims;
      return by_index(states_.at(rows->state), dims, rows->dim, rows->index);
    }
    if (const auto* rows = std::get_if<ir::Scatter>(&op)) {
      return by_index(access_.pointer(id), function_.type(id).dims, rows->dim, rows->index);
    }
    return access_.row(builder, access_.pointer(id), function_.type(id).dims, indices_, sample_count_);
  }

  /// Picked rows that get memory of their own are read where the table stands.
  llvm::Value* copied(ValueId id, const ir::Gather& rows) {
    const auto row_at = [&](IrBuilder& builder, const Indices& indices) {
      return access_.picked_row(builder, rows, indices, sample_count_, zero_);
    };
    llvm::Value* row = once_a_row({id, Row::picked}, [&](IrBuilder& builder) { return row_at(builder, indices_); });
    fetch_ahead(id, row_at);
    return load_lanes(builder_, row);
  }

  /// Asks for the present samples of a later row of the nest. The second nearest cache: the nearest is full of this
  /// row, and holds fewer lines under way.
  void fetch_ahead(ValueId id, llvm::function_ref<llvm::Value*(IrBuilder&, const Indices&)> row_at) {
    if (!ir::contains_dim(function_.type(id).dims, innermost_)) return;
    llvm::Value* row = once_a_row({id, Row::later}, [&](IrBuilder& builder) {
      llvm::Value* last = builder.CreateNSWSub(access_.extents().size(builder, innermost_), builder.getInt64(1));
      llvm::Value* ahead = builder.CreateNSWAdd(indices_.at(innermost_), builder.getInt64(rows_ahead));
      Indices later = indices_;
      later[innermost_] = builder.CreateBinaryIntrinsic(llvm::Intrinsic::smin, ahead, last);
      return row_at(builder, later);
    });
    llvm::Value* address = builder_.CreateInBoundsGEP(context_.element, row, sample_);
    const uint64_t to_read = 0, second_nearest = 2, data = 1;
    builder_.CreateIntrinsic(
        llvm::Intrinsic::prefetch, {builder_.getPtrTy()},
        {address, builder_.getInt32(to_read), builder_.getInt32(second_nearest), builder_.getInt32(data)});
  }

  /// Whether the operand is read from rows of a table.
  [[nodiscard]] bool is_read_by_index(ValueId id) const {
    const ValueId maker = without_relabels(function_, id);
    return is_picked_rows(function_, maker) && !buffers_.slot_of.contains(maker);
  }

  llvm::Value* emit_map(const ir::Map& map) {
    llvm::SmallVector<llvm::Value*, 2> arguments;
    for (ValueId argument : map.arguments) arguments.push_back(operand(argument));
    return emit_primitive(builder_, map.primitive, arguments, map.power);
  }

  /// sum over the finite dimensions `over`, a short loop; a plain product if there are none.
  llvm::Value* emit_contract(const ir::Contract& op) {
    if (op.over.empty()) {
      return op.rhs.valid() ? builder_.CreateFMul(operand(op.lhs), operand(op.rhs)) : operand(op.lhs);
    }
    const Carried zero{llvm::Constant::getNullValue(context_.lanes)};
    Indices indices = indices_;
    return emit_nest(builder_, access_.extents(), op.over, indices, zero,
                     [&](const Carried& sum) {
                       llvm::Value* lhs = operand_at(op.lhs, indices);
                       if (!op.rhs.valid()) return Carried{builder_.CreateFAdd(sum[0], lhs)};
                       return Carried{math::multiply_add(builder_, lhs, operand_at(op.rhs, indices), sum[0])};
                     })
        .front();
  }

  /// The running sum of weight * lhs * rhs over the samples of the tile.
  llvm::Value* emit_expectation(const ir::limit::Expect& op, llvm::Value* sum) {
    llvm::Value* weight = load_lanes(builder_, weights_);
    llvm::Value* lhs = operand(op.lhs);
    if (!op.rhs.valid()) return math::multiply_add(builder_, weight, lhs, sum);
    return math::multiply_add(builder_, builder_.CreateFMul(weight, lhs), operand(op.rhs), sum);
  }

  /// Adds the lanes up in double precision.
  void add_to_partials(ValueId id, llvm::Value* sum) {
    auto* wide = context_.lanes->getWithNewType(builder_.getDoubleTy());
    llvm::Value* start = llvm::ConstantFP::get(builder_.getDoubleTy(), -0.0);
    auto* total = builder_.CreateFAddReduce(start, builder_.CreateFPCast(sum, wide));
    llvm::cast<llvm::Instruction>(total)->setHasAllowReassoc(true);  // pairwise instead of lane after lane
    llvm::Value* offset = access_.extents().offset(builder_, function_.type(id).dims, indices_);
    llvm::Value* address = builder_.CreateInBoundsGEP(builder_.getDoubleTy(), partials_.at(id), offset);
    llvm::Value* old = builder_.CreateLoad(builder_.getDoubleTy(), address);
    builder_.CreateStore(builder_.CreateFAdd(old, total), address);
  }

  llvm::Value* load_lanes(IrBuilder& builder, llvm::Value* row) {
    llvm::Value* address = builder.CreateInBoundsGEP(context_.element, row, sample_);
    return builder.CreateAlignedLoad(context_.lanes, address, element_alignment());
  }
  llvm::Align element_alignment() const { return llvm::Align(context_.element->getScalarSizeInBits() / 8); }

  void store(ValueId id) {
    llvm::Value* row = once_a_row({id, Row::own}, [&](IrBuilder& builder) { return row_of(builder, id, indices_); });
    store_lanes(registers_.at(id), row, sample_);
  }
  void store_lanes(llvm::Value* lanes, llvm::Value* row, llvm::Value* sample) {
    llvm::Value* address = builder_.CreateInBoundsGEP(context_.element, row, sample);
    builder_.CreateAlignedStore(lanes, address, element_alignment());
  }

  llvm::Value* row_of(IrBuilder& builder, ValueId id, const Indices& indices) {
    return access_.row(builder, id, indices, sample_count_, zero_);
  }
  llvm::Value* splat_of(IrBuilder& builder, ValueId id, const Indices& indices) {
    llvm::Value* number = builder.CreateFPCast(access_.number(builder, id, indices), context_.element);
    return builder.CreateVectorSplat(context_.lanes->getNumElements(), number);
  }

  /// The lanes of an operand whose indices are those of the group.
  llvm::Value* operand(ValueId id) {
    if (auto made = registers_.find(id); made != registers_.end()) return made->second;
    if (function_.type(id).kind == Kind::scalar) {
      return once_a_row({id, Row::own}, [&](IrBuilder& builder) { return splat_of(builder, id, indices_); });
    }
    llvm::Value* row = once_a_row({id, Row::own}, [&](IrBuilder& builder) { return row_of(builder, id, indices_); });
    if (is_read_by_index(id)) {
      fetch_ahead(id, [&](IrBuilder& builder, const Indices& indices) { return row_of(builder, id, indices); });
    }
    return load_lanes(builder_, row);
  }

  /// The lanes of an operand under a summation.
  llvm::Value* operand_at(ValueId id, const Indices& indices) {
    if (auto made = registers_.find(id); made != registers_.end()) return made->second;
    if (function_.type(id).kind == Kind::scalar) return splat_of(builder_, id, indices);
    return load_lanes(builder_, row_of(builder_, id, indices));
  }

  /// Makes a value before the loop over samples, once.
  llvm::Value* once_a_row(std::pair<ValueId, Row> value, llvm::function_ref<llvm::Value*(IrBuilder&)> make) {
    auto [entry, is_new] = row_values_.try_emplace(value, nullptr);
    if (is_new) {
      row_builder_.SetInsertPoint(row_block_->getTerminator());
      entry->second = make(row_builder_);
    }
    return entry->second;
  }

  const ModuleContext& context_;
  const ir::limit::Function& function_;
  const KernelPlan& plan_;
  Pieces pieces_;
  const BufferPlan& buffers_;
  IrBuilder builder_, row_builder_;
  const ir::FunctionExtents& extents_;
  ValueAccess access_;
  llvm::Value* sample_count_ = nullptr;
  llvm::Value* weights_ = nullptr;
  llvm::Value* zero_ = nullptr;   ///< the row of an absent index
  llvm::Value* waste_ = nullptr;  ///< where what is added to an absent row goes
  std::map<ir::StateId, llvm::Value*> states_;
  std::map<ValueId, llvm::Value*> partials_;

  Indices indices_;                        ///< of the group's rows
  ir::DimId innermost_;                    ///< of these
  llvm::BasicBlock* row_block_ = nullptr;  ///< runs once a row, before the samples
  /// Splats and row addresses made there.
  std::map<std::pair<ValueId, Row>, llvm::Value*> row_values_;
  llvm::Value* sample_ = nullptr;
  std::map<ValueId, llvm::Value*> registers_;  ///< lanes made by members of the group
};

}  // namespace

EmittedKernel emit_kernel(const ModuleContext& context, const ir::limit::Function& function,
                          const ir::FunctionExtents& extents, const KernelPlan& plan, const BufferPlan& buffers,
                          const std::string& name) {
  EmittedKernel kernel = KernelEmitter(context, function, extents, plan, buffers).emit(name);
  kernel.function = context.equal_functions.one_of_equals(kernel.function);
  return kernel;
}

}  // namespace tpc::codegen
