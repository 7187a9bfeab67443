#include "codegen/number_emitter.h"

#include <algorithm>

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/MDBuilder.h>

#include "base/diag/check.h"
#include "codegen/equal_functions.h"
#include "codegen/vector_math.h"
#include "ir/core/extents.h"
#include "ir/core/fields.h"
#include "ir/core/typing.h"

namespace tpc::codegen {

using ir::DimId;
using ir::ValueId;
using Dims = std::vector<DimId>;

namespace {

class NumberEmitter {
 public:
  /// `access`: of all arrays that the nest touches, as seen from where `builder` stands.
  NumberEmitter(const ModuleContext& context, const ir::limit::Function& source, IrBuilder& builder,
                const ValueAccess& access, const NumberPlan& plan, const NumberGroup& group)
      : context_(context),
        source_(source),
        builder_(builder),
        access_(access),
        plan_(plan),
        group_(group),
        number_(builder_.getDoubleTy()),
        lanes_(llvm::FixedVectorType::get(number_, 8)) {
    // A nest reads no array that it writes: what it reads may be kept in registers across its stores.
    llvm::MDBuilder metadata(builder_.getContext());
    auto* domain = metadata.createAnonymousAliasScopeDomain();
    written_ = llvm::MDNode::get(builder_.getContext(), {metadata.createAnonymousAliasScope(domain)});
  }

  void emit() {
    const llvm::IRBuilderBase::FastMathFlagGuard restore(builder_);
    llvm::FastMathFlags flags;
    flags.setAllowContract(true);
    builder_.setFastMathFlags(flags);
    const bool has_lanes = group_.lane.valid() && ir::contains_dim(group_.dims, group_.lane);
    const Dims outer = has_lanes ? ir::without_dims(group_.dims, {group_.lane}) : group_.dims;
    walk(outer, 0, {}, [&](const Carried&) {
      if (!has_lanes) return emit_members();
      walk_lanes({}, {}, [&](const Carried&) { return emit_members(); });
      return Carried{};
    });
  }

 private:
  using Body = llvm::function_ref<Carried(const Carried&)>;
  using Registers = std::map<ValueId, llvm::Value*>;

  bool is_stored(ValueId id) const { return plan_.stored.contains(id); }
  llvm::Type* type() const { return wide_ ? static_cast<llvm::Type*>(lanes_) : number_; }
  const Extents& extents() const { return access_.extents(); }

  /// What a loop's body leaves in indices and registers is forgotten behind it.
  Carried loop(DimId dim, llvm::Value* begin, llvm::Value* end, int64_t step, const Carried& initial, Body body) {
    const Indices indices = indices_;
    const Registers registers = registers_;
    Carried result = emit_loop(builder_, begin, end, step, initial, [&](llvm::Value* index, const Carried& carried) {
      indices_[dim] = index;
      return body(carried);
    });
    indices_ = indices;
    registers_ = registers;
    return result;
  }

  Carried walk(const Dims& dims, size_t depth, const Carried& initial, Body body) {
    if (depth == dims.size()) return body(initial);
    return loop(dims[depth], builder_.getInt64(0), extents().size(builder_, dims[depth]), 1, initial,
                [&](const Carried& carried) { return walk(dims, depth + 1, carried, body); });
  }

  /// The lane dimension: by vectors as far as they go, then one by one; `body` is emitted for each.
  std::pair<Carried, Carried> walk_lanes(const Carried& wide, const Carried& narrow, Body body) {
    llvm::Value* size = extents().size(builder_, group_.lane);
    llvm::Value* full = builder_.CreateAnd(size, builder_.getInt64(~uint64_t{7}));
    wide_ = true;
    Carried wide_result = loop(group_.lane, builder_.getInt64(0), full, 8, wide, body);
    wide_ = false;
    return {wide_result, loop(group_.lane, full, size, 1, narrow, body)};
  }

  Carried emit_members() {
    registers_.clear();
    for (const NumberMember& member : group_.members) {
      if (member.over.empty()) {
        registers_[member.values.front()] = elementwise(member.values.front());
      } else {
        emit_sums(member.values, member.over);
      }
    }
    for (const NumberMember& member : group_.members) {
      for (ValueId id : member.values) {
        if (is_stored(id)) store(id);
      }
    }
    return {};
  }

  llvm::Value* elementwise(ValueId id) {
    const auto& op = source_.at(id).op;
    if (const auto* contract = std::get_if<ir::Contract>(&op)) return term(*contract);
    if (const auto* rows = std::get_if<ir::Gather>(&op)) return picked(*rows);
    if (const auto* present = std::get_if<ir::Present>(&op)) {
      llvm::Value* index = operand(present->index);
      llvm::Value* zero = llvm::Constant::getNullValue(index->getType());
      return builder_.CreateUIToFP(builder_.CreateFCmpOGE(index, zero), index->getType());
    }
    const auto& map = std::get<ir::Map>(op);
    llvm::SmallVector<llvm::Value*, 2> arguments;
    for (ValueId argument : map.arguments) arguments.push_back(operand(argument));
    return emit_primitive(builder_, map.primitive, arguments, map.power);
  }
  /// The number at the place that the index names; 0 where it is absent.
  llvm::Value* picked(const ir::Gather& op) {
    const ValueAccess::Place place = ValueAccess::place_of(builder_, operand(op.index), op.dim, indices_);
    return builder_.CreateSelect(place.is_absent, llvm::ConstantFP::get(number_, 0.0),
                                 access_.number(builder_, op.table, place.indices));
  }
  llvm::Value* term(const ir::Contract& op) {
    llvm::Value* lhs = operand(op.lhs);
    return op.rhs.valid() ? builder_.CreateFMul(lhs, operand(op.rhs)) : lhs;
  }

  /// Sums over the same dimensions in one loop; what they are made of is evaluated as far outside as its dimensions
  /// allow.
  void emit_sums(const std::vector<ValueId>& sums, const Dims& over) {
    const Registers outside = registers_;
    std::erase_if(registers_, [&](const auto& entry) { return has_any(entry.first, over); });
    const auto needed = inlined_operands(source_, plan_.inlined, sums);
    const Carried zero(sums.size(), llvm::Constant::getNullValue(type()));
    Carried totals;
    if (ir::contains_dim(over, group_.lane)) {
      totals = across_lanes(sums, ir::without_dims(over, {group_.lane}), needed);
    } else {
      totals = sum_loops(over, 0, needed, zero, [&](const Carried& carried) { return add_terms(sums, carried); });
    }
    registers_ = outside;
    for (size_t i = 0; i < sums.size(); ++i) registers_[sums[i]] = totals[i];
  }

  /// The lanes are terms of the sums: they are added up at the end.
  Carried across_lanes(const std::vector<ValueId>& sums, const Dims& outer, const std::vector<ValueId>& needed) {
    const size_t count = sums.size();
    Carried zero(count, llvm::Constant::getNullValue(lanes_));
    zero.append(count, llvm::Constant::getNullValue(number_));
    const Carried totals = sum_loops(outer, 0, needed, zero, [&](const Carried& carried) {
      const Carried wide(carried.begin(), carried.begin() + static_cast<std::ptrdiff_t>(count));
      const Carried narrow(carried.begin() + static_cast<std::ptrdiff_t>(count), carried.end());
      auto [more_wide, more_narrow] = walk_lanes(wide, narrow, [&](const Carried& current) {
        evaluate(needed);
        return add_terms(sums, current);
      });
      more_wide.append(more_narrow.begin(), more_narrow.end());
      return more_wide;
    });
    Carried result;
    for (size_t i = 0; i < count; ++i) {
      auto* sum = builder_.CreateFAddReduce(llvm::ConstantFP::get(number_, -0.0), totals[i]);
      llvm::cast<llvm::Instruction>(sum)->setHasAllowReassoc(true);  // pairwise instead of lane after lane
      result.push_back(builder_.CreateFAdd(sum, totals[count + i]));
    }
    return result;
  }

  Carried sum_loops(const Dims& dims, size_t depth, const std::vector<ValueId>& needed, const Carried& initial,
                    Body body) {
    evaluate(needed);
    if (depth == dims.size()) return body(initial);
    return loop(dims[depth], builder_.getInt64(0), extents().size(builder_, dims[depth]), 1, initial,
                [&](const Carried& carried) { return sum_loops(dims, depth + 1, needed, carried, body); });
  }

  /// Makes the inlined values whose indices are all there.
  void evaluate(const std::vector<ValueId>& needed) {
    for (ValueId id : needed) {
      const Dims& dims = source_.type(id).dims;
      const bool ready = std::ranges::all_of(dims, [&](DimId dim) { return indices_.contains(dim); });
      if (!ready || registers_.contains(id)) continue;
      if (is_sum(source_, id)) {
        emit_sums({id}, std::get<ir::Contract>(source_.at(id).op).over);
      } else {
        registers_[id] = elementwise(id);
      }
    }
  }

  Carried add_terms(const std::vector<ValueId>& sums, const Carried& carried) {
    Carried next;
    for (size_t i = 0; i < sums.size(); ++i) {
      const auto& op = std::get<ir::Contract>(source_.at(sums[i]).op);
      llvm::Value* lhs = operand(op.lhs);
      next.push_back(op.rhs.valid() ? math::multiply_add(builder_, lhs, operand(op.rhs), carried[i])
                                    : builder_.CreateFAdd(carried[i], lhs));
    }
    return next;
  }

  bool has_any(ValueId id, const Dims& dims) const {
    return std::ranges::any_of(source_.type(id).dims, [&](DimId dim) { return ir::contains_dim(dims, dim); });
  }

  llvm::Value* spread(llvm::Value* value) {
    return wide_ && !value->getType()->isVectorTy() ? builder_.CreateVectorSplat(8, value) : value;
  }

  llvm::Value* operand(ValueId id) {
    if (is_immediate(source_, id)) return spread(access_.immediate(builder_, id));
    if (auto made = registers_.find(id); made != registers_.end()) return spread(made->second);
    const Dims stored = storage_dims(context_.source, source_, id);
    llvm::Value* address = address_in(access_.pointer(id), stored);
    const bool varies = wide_ && ir::contains_dim(stored, group_.lane);
    if (varies && stored.back() != group_.lane) {
      auto* all = llvm::ConstantInt::getTrue(llvm::FixedVectorType::get(builder_.getInt1Ty(), 8));
      return readable(builder_.CreateMaskedGather(lanes_, strided(address, stored), llvm::Align(8), all));
    }
    llvm::Type* loaded = varies ? static_cast<llvm::Type*>(lanes_) : number_;
    return spread(readable(builder_.CreateAlignedLoad(loaded, address, llvm::Align(8))));
  }

  llvm::Value* address_in(llvm::Value* base, const Dims& stored) {
    return builder_.CreateInBoundsGEP(number_, base, extents().offset(builder_, stored, indices_));
  }
  /// The addresses of the lanes in an array whose last dimension is another one.
  llvm::Value* strided(llvm::Value* address, const Dims& stored) {
    const Dims inside(std::ranges::find(stored, group_.lane) + 1, stored.end());
    llvm::Value* stride = builder_.CreateVectorSplat(8, extents().product(builder_, inside));
    llvm::SmallVector<llvm::Constant*, 8> numbers;
    for (uint64_t i = 0; i < 8; ++i) numbers.push_back(builder_.getInt64(i));
    return builder_.CreateInBoundsGEP(number_, address,
                                      builder_.CreateNSWMul(stride, llvm::ConstantVector::get(numbers)));
  }
  llvm::Instruction* readable(llvm::Instruction* load) {
    load->setMetadata(llvm::LLVMContext::MD_noalias, written_);
    return load;
  }

  void store(ValueId id) {
    const Dims& stored = source_.type(id).dims;
    llvm::Value* address = address_in(access_.pointer(id), stored);
    llvm::Value* value = spread(registers_.at(id));
    llvm::Instruction* made = nullptr;
    if (wide_ && stored.back() != group_.lane) {
      auto* all = llvm::ConstantInt::getTrue(llvm::FixedVectorType::get(builder_.getInt1Ty(), 8));
      made = builder_.CreateMaskedScatter(value, strided(address, stored), llvm::Align(8), all);
    } else {
      made = builder_.CreateAlignedStore(value, address, llvm::Align(8));
    }
    made->setMetadata(llvm::LLVMContext::MD_alias_scope, written_);
  }

  const ModuleContext& context_;
  const ir::limit::Function& source_;
  IrBuilder& builder_;
  const ValueAccess& access_;
  const NumberPlan& plan_;
  const NumberGroup& group_;
  llvm::Type* number_;
  llvm::FixedVectorType* lanes_;
  llvm::MDNode* written_ = nullptr;
  bool wide_ = false;    ///< vectors along the lane dimension, or single numbers
  Indices indices_;      ///< of the loops around
  Registers registers_;  ///< values made in the loops around
};

/// What a nest meets of the function it is part of, each once and in order of first touch: nests that do the same with
/// other arrays then differ in nothing, and are one (equal_functions.h).
class Surroundings {
 public:
  Surroundings(const FunctionFrame& frame, const NumberPlan& plan, const NumberGroup& group)
      : frame_(frame), function_extents_(frame.access.extents().of_function()) {
    std::set<ValueId> made = plan.inlined;
    for (const NumberMember& member : group.members) made.insert(member.values.begin(), member.values.end());
    meet(group.dims);
    for (const NumberMember& member : group.members) {
      std::vector<ValueId> values;
      if (!member.over.empty()) values = inlined_operands(frame.source, plan.inlined, member.values);
      values.insert(values.end(), member.values.begin(), member.values.end());
      for (ValueId id : values) add(id, made);
      for (ValueId id : member.values) {
        if (plan.stored.contains(id)) touch(id);
      }
    }
  }
  std::vector<ValueId> arrays;  ///< makers, no relabels
  std::vector<DimId> extents;   ///< dimensions whose sizes come with a call

 private:
  void add(ValueId id, const std::set<ValueId>& made) {
    ir::for_each_dim(frame_.source.at(id), [&](DimId dim) { meet({dim}); });
    for (ValueId operand : ir::operands(frame_.source.at(id).op)) {
      ir::for_each_dim(frame_.source.at(operand), [&](DimId dim) { meet({dim}); });
      if (!is_immediate(frame_.source, operand) && !made.contains(operand)) touch(operand);
    }
  }
  void touch(ValueId id) {
    meet(storage_dims(frame_.context.source, frame_.source, id));
    const ValueId maker = without_relabels(frame_.source, id);
    if (std::ranges::find(arrays, maker) == arrays.end()) arrays.push_back(maker);
  }
  void meet(const Dims& dims) {
    for (DimId dim : dims) {
      const DimId extent = function_extents_.of(dim);
      if (!frame_.context.source.dim(dim).size && !ir::contains_dim(extents, extent)) extents.push_back(extent);
    }
  }

  const FunctionFrame& frame_;
  const ir::FunctionExtents& function_extents_;
};

bool has_loops(const NumberGroup& group) {
  return !group.dims.empty() ||
         std::ranges::any_of(group.members, [](const NumberMember& member) { return !member.over.empty(); });
}

/// void f(i64 extents.., ptr arrays..): the nest as a function of its own. LLVM's loop passes take time with the square
/// of the number of loops in one function, so it is not to be inlined.
llvm::Function* declare_nest(const FunctionFrame& frame, const Surroundings& surroundings) {
  llvm::LLVMContext& context = frame.context.target.getContext();
  llvm::SmallVector<llvm::Type*, 8> types(surroundings.extents.size(), llvm::Type::getInt64Ty(context));
  types.append(surroundings.arrays.size(), llvm::PointerType::getUnqual(context));
  auto* nest = llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(context), types, false),
                                      llvm::Function::InternalLinkage, frame.name + ".numbers", frame.context.target);
  nest->setDoesNotThrow();
  nest->addFnAttr(llvm::Attribute::NoInline);
  return nest;
}

void call_nest(FunctionFrame& frame, const NumberPlan& plan, const NumberGroup& group) {
  const Surroundings surroundings(frame, plan, group);
  llvm::Function* nest = declare_nest(frame, surroundings);
  IrBuilder builder(llvm::BasicBlock::Create(nest->getContext(), "entry", nest));
  llvm::SmallVector<llvm::Value*, 8> arguments;
  const auto pass = [&](llvm::Value* argument) -> llvm::Value* {
    arguments.push_back(argument);
    return nest->getArg(static_cast<unsigned>(arguments.size() - 1));
  };
  std::map<DimId, llvm::Value*> sizes;
  const Extents& outside = frame.access.extents();
  for (DimId extent : surroundings.extents) sizes[extent] = pass(outside.size(frame.builder, extent));
  ValueAccess access(frame.context, frame.source, {frame.context.source, outside.of_function(), std::move(sizes)});
  for (ValueId array : surroundings.arrays) access.place(array, pass(frame.access.pointer(array)));
  NumberEmitter(frame.context, frame.source, builder, access, plan, group).emit();
  builder.CreateRetVoid();
  frame.builder.CreateCall(frame.context.equal_functions.one_of_equals(nest), arguments);
}

}  // namespace

void emit_numbers(FunctionFrame& frame, const NumberPlan& plan, const NumberGroup& group) {
  for (const NumberMember& member : group.members) {
    for (ValueId id : member.values) {
      if (plan.stored.contains(id)) frame.place(id, frame.new_numbers(frame.extent(frame.source.type(id).dims)));
    }
  }
  if (has_loops(group)) return call_nest(frame, plan, group);
  NumberEmitter(frame.context, frame.source, frame.builder, frame.access, plan, group).emit();
}

}  // namespace tpc::codegen
