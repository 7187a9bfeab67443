#include "codegen/pair_emitter.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/diag/check.h"
#include "codegen/vector_math.h"
#include "ir/core/fields.h"
#include "ir/limit/random.h"

namespace tpc::codegen {

using ir::StateId;
using ir::ValueId;

namespace {

/// What one kernel does, and what it is given.
struct PairGroup {
  std::vector<ValueId> members;   ///< products, maps and writes, in order
  std::vector<ValueId> products;  ///< of these
  std::vector<ValueId> numbers;   ///< scalars that maps take
  std::vector<StateId> states;    ///< read or written
};

template <class T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

/// Precondition: it is in the list.
template <class T>
size_t place_in(const std::vector<T>& list, const T& value) {
  return static_cast<size_t>(std::ranges::find(list, value) - list.begin());
}

/// Which instructions are connected: instructions and states as nodes of a forest of sets.
class Connections {
 public:
  Connections(const ir::limit::Function& function, size_t states)
      : function_(function), parent_(function.body.size() + states) {
    std::iota(parent_.begin(), parent_.end(), size_t{0});
  }
  void add(ValueId id) {
    for (ValueId operand : ir::operands(function_.at(id).op)) {
      if (ir::limit::is_pair(function_, operand)) join(id.index, operand.index);
      if (const auto* read = std::get_if<ir::Read>(&function_.at(operand).op)) join_state(operand, read->state);
    }
    if (const auto* write = std::get_if<ir::Write>(&function_.at(id).op)) join_state(id, write->state);
  }
  [[nodiscard]] size_t of(ValueId id) { return root(id.index); }

 private:
  void join_state(ValueId id, StateId state) {
    const bool pair = std::holds_alternative<ir::Write>(function_.at(id).op) || ir::limit::is_pair(function_, id);
    if (pair) join(id.index, function_.body.size() + state.index);
  }
  size_t root(size_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }
  void join(size_t a, size_t b) { parent_[root(a)] = root(b); }

  const ir::limit::Function& function_;
  std::vector<size_t> parent_;
};

std::vector<PairGroup> groups_of(const ir::limit::Module& module, const ir::limit::Function& function,
                                 const std::vector<ValueId>& pairs) {
  Connections connections(function, module.states.size());
  for (ValueId id : pairs) connections.add(id);
  std::map<size_t, PairGroup> groups;
  for (ValueId id : pairs) {
    PairGroup& group = groups[connections.of(id)];
    group.members.push_back(id);
    const auto& op = function.at(id).op;
    if (std::holds_alternative<ir::limit::PairProduct>(op)) {
      group.products.push_back(id);
      continue;
    }
    for (ValueId operand : ir::operands(op)) {
      if (const auto* read = std::get_if<ir::Read>(&function.at(operand).op);
          read && ir::limit::is_pair(function, operand)) {
        add_once(group.states, read->state);
      } else if (!ir::limit::is_pair(function, operand)) {
        add_once(group.numbers, operand);
      }
    }
    if (const auto* write = std::get_if<ir::Write>(&op)) add_once(group.states, write->state);
  }
  std::vector<PairGroup> result;
  for (auto& [unused, group] : groups) result.push_back(std::move(group));
  return result;
}

/// tp_pair_kernel of a group: for all pairs, by vectors, all members.
class PairKernelEmitter {
 public:
  PairKernelEmitter(const FunctionFrame& frame, const PairGroup& group)
      : context_(frame.context), function_(frame.source), group_(group), builder_(frame.context.target.getContext()) {}

  llvm::Function* emit(const std::string& name) {
    auto* pointer = builder_.getPtrTy();
    auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {pointer, pointer, builder_.getInt64Ty()}, false);
    auto* kernel = llvm::Function::Create(type, llvm::Function::InternalLinkage, name, context_.target);
    kernel->setDoesNotThrow();
    builder_.SetInsertPoint(llvm::BasicBlock::Create(builder_.getContext(), "entry", kernel));
    for (size_t i = 0; i < group_.products.size() + group_.states.size(); ++i) {
      arrays_.push_back(builder_.CreateLoad(pointer, element(pointer, kernel->getArg(0), i)));
    }
    for (size_t i = 0; i < group_.numbers.size(); ++i) {
      llvm::Value* number =
          builder_.CreateLoad(builder_.getDoubleTy(), element(builder_.getDoubleTy(), kernel->getArg(1), i));
      numbers_.push_back(builder_.CreateVectorSplat(lane_count, builder_.CreateFPCast(number, builder_.getFloatTy())));
    }
    emit_loop(builder_, builder_.getInt64(0), kernel->getArg(2), lane_count, {},
              [&](llvm::Value* pair, const Carried&) {
                emit_members(pair);
                return Carried{};
              });
    builder_.CreateRetVoid();
    return context_.equal_functions.one_of_equals(kernel);
  }

 private:
  static constexpr unsigned lane_count = 16;  ///< 64 bytes

  llvm::Value* element(llvm::Type* type, llvm::Value* base, size_t place) {
    return builder_.CreateConstInBoundsGEP1_64(type, base, static_cast<uint64_t>(place));
  }
  llvm::Value* address(size_t array, llvm::Value* pair) {
    return builder_.CreateInBoundsGEP(builder_.getFloatTy(), arrays_[array], pair);
  }
  llvm::Value* load(size_t array, llvm::Value* pair) {
    auto* lanes = llvm::FixedVectorType::get(builder_.getFloatTy(), lane_count);
    return builder_.CreateAlignedLoad(lanes, address(array, pair), llvm::Align(sizeof(float)));
  }

  /// All states are read before the first of them is written.
  void emit_members(llvm::Value* pair) {
    std::map<ValueId, llvm::Value*> values;
    std::vector<llvm::Value*> states;
    for (size_t i = 0; i < group_.states.size(); ++i) states.push_back(load(group_.products.size() + i, pair));
    const auto value = [&](ValueId id) -> llvm::Value* {
      if (!ir::limit::is_pair(function_, id)) return numbers_[place_in(group_.numbers, id)];
      if (const auto* read = std::get_if<ir::Read>(&function_.at(id).op)) {
        return states[place_in(group_.states, read->state)];
      }
      return values.at(id);
    };
    std::map<StateId, llvm::Value*> next;
    for (ValueId id : group_.members) {
      const auto& op = function_.at(id).op;
      if (const auto* write = std::get_if<ir::Write>(&op)) {
        next[write->state] = value(write->value);
      } else if (const auto* map = std::get_if<ir::Map>(&op)) {
        llvm::SmallVector<llvm::Value*, 2> arguments;
        for (ValueId argument : map->arguments) arguments.push_back(value(argument));
        values[id] = emit_primitive(builder_, map->primitive, arguments, map->power);
      } else {
        values[id] = load(place_in(group_.products, id), pair);
      }
    }
    for (const auto& [state, lanes] : next) {
      const size_t array = group_.products.size() + place_in(group_.states, state);
      builder_.CreateAlignedStore(lanes, address(array, pair), llvm::Align(sizeof(float)));
    }
  }

  const ModuleContext& context_;
  const ir::limit::Function& function_;
  const PairGroup& group_;
  IrBuilder builder_;
  std::vector<llvm::Value*> arrays_, numbers_;
};

/// An array on the stack.
llvm::Value* table(FunctionFrame& frame, llvm::Type* type, const std::vector<llvm::Value*>& values) {
  llvm::Value* base = frame.stack_array(type, std::max<uint64_t>(1, values.size()));
  for (uint64_t i = 0; i < values.size(); ++i) {
    frame.builder.CreateStore(values[i], frame.builder.CreateConstInBoundsGEP1_64(type, base, i));
  }
  return base;
}

void run_group(FunctionFrame& frame, const PairGroup& group, llvm::Function* kernel) {
  IrBuilder& builder = frame.builder;
  std::vector<llvm::Value*> left, right, rows, states, numbers;
  for (ValueId id : group.products) {
    const auto& product = std::get<ir::limit::PairProduct>(frame.source.at(id).op);
    const auto& dims = frame.source.type(product.left).dims;
    left.push_back(frame.access.pointer(product.left));
    right.push_back(frame.rows_ordered(product.right, dims));
    rows.push_back(frame.extent(dims));
  }
  for (StateId state : group.states) states.push_back(frame.operand(state.index));
  for (ValueId id : group.numbers) numbers.push_back(frame.access.number(builder, id, {}));
  frame.check_status(call_runtime(
      builder, RuntimeFunction::tp_rt_pairs,
      {frame.runtime, kernel, table(frame, builder.getPtrTy(), left), table(frame, builder.getPtrTy(), right),
       table(frame, builder.getInt64Ty(), rows), builder.getInt64(left.size()),
       table(frame, builder.getInt32Ty(), states), builder.getInt64(states.size()),
       table(frame, builder.getDoubleTy(), numbers), builder.getInt64(numbers.size())}));
}

}  // namespace

void emit_pairs(FunctionFrame& frame, const std::vector<ValueId>& pairs) {
  for (const PairGroup& group : groups_of(frame.context.source, frame.source, pairs)) {
    llvm::Function* kernel = PairKernelEmitter(frame, group).emit(frame.name + ".pairs");
    frame.act([&] { run_group(frame, group, kernel); });
  }
}

}  // namespace tpc::codegen
