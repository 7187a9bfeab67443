#include "codegen/wrapper_emitter.h"

#include "codegen/model_interface.h"
#include "codegen/runtime_calls.h"

namespace tpc::codegen {

namespace {

class WrapperEmitter {
 public:
  WrapperEmitter(const ModuleContext& context, llvm::GlobalVariable* descriptor)
      : context_(context), descriptor_(descriptor), builder_(context.target.getContext()) {}

  void emit() {
    emit_new_state("_create", RuntimeFunction::tp_create);
    emit_new_state("_load", RuntimeFunction::tp_load);
    if (const auto* step = context_.source.find(ir::FunctionRole::step))
      emit_batch_call("_step", RuntimeFunction::tp_step, *step, 1);
    if (const auto* predict = context_.source.find(ir::FunctionRole::predict)) {
      emit_batch_call("_predict", RuntimeFunction::tp_predict, *predict, 2);
    }
    for (const auto& function : context_.source.functions) {
      if (function.key.role == ir::FunctionRole::observe) emit_observation(function);
    }
    if (context_.source.find(ir::FunctionRole::set_rate) != nullptr) emit_learning_rate();
    if (const auto* kernel = context_.source.find(ir::FunctionRole::kernel)) emit_pairs("_kernel", *kernel);
    auto* save = begin("_save", builder_.getInt32Ty(), {builder_.getPtrTy(), builder_.getPtrTy()});
    builder_.CreateRet(call_runtime(builder_, RuntimeFunction::tp_save, {save->getArg(0), save->getArg(1)}));
    auto* destroy = begin("_destroy", builder_.getVoidTy(), {builder_.getPtrTy()});
    call_runtime(builder_, RuntimeFunction::tp_destroy, {destroy->getArg(0)});
    builder_.CreateRetVoid();
  }

 private:
  llvm::Function* begin(const std::string& suffix, llvm::Type* result, llvm::ArrayRef<llvm::Type*> parameters) {
    auto* type = llvm::FunctionType::get(result, parameters, false);
    auto* function =
        llvm::Function::Create(type, llvm::Function::ExternalLinkage, context_.prefix + suffix, context_.target);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(builder_.getContext(), "entry", function));
    return function;
  }

  /// state *f(argument): the runtime leaves NULL there on failure.
  void emit_new_state(const char* suffix, RuntimeFunction function) {
    auto* wrapper = begin(suffix, builder_.getPtrTy(), {builder_.getPtrTy()});
    llvm::Value* place = builder_.CreateAlloca(builder_.getPtrTy());
    builder_.CreateStore(llvm::Constant::getNullValue(builder_.getPtrTy()), place);
    call_runtime(builder_, function, {descriptor_, wrapper->getArg(0), place});
    builder_.CreateRet(builder_.CreateLoad(builder_.getPtrTy(), place));
  }

  /// int f(state, one array a field, sizes (size_arguments), outputs...).
  /// `leading`: what the runtime is given between the state and the fields.
  void emit_batch_call(const std::string& suffix, RuntimeFunction runtime, const ir::limit::Function& source,
                       unsigned output_count, llvm::ArrayRef<llvm::Value*> leading = {}) {
    const auto read = fields_read_by(context_.source, source);
    auto* pointer = builder_.getPtrTy();
    const SizeArguments sizes = size_arguments(context_.source, source);
    const size_t size_count = sizes.one ? 1 : sizes.extents.size();
    llvm::SmallVector<llvm::Type*, 8> parameters(1 + read.size(), pointer);
    parameters.append(size_count, builder_.getInt64Ty());
    parameters.append(output_count, pointer);
    auto* wrapper = begin(suffix, builder_.getInt32Ty(), parameters);
    llvm::SmallVector<llvm::Value*, 8> addresses;
    for (size_t i = 0; i < read.size(); ++i) addresses.push_back(wrapper->getArg(static_cast<unsigned>(1 + i)));
    llvm::Value* table = field_table(read, addresses);
    const auto first_size = static_cast<unsigned>(1 + read.size());
    llvm::SmallVector<llvm::Value*, 8> given;
    for (unsigned i = 0; i < size_count; ++i) given.push_back(wrapper->getArg(first_size + i));
    llvm::SmallVector<llvm::Value*, 8> arguments{wrapper->getArg(0)};
    arguments.append(leading.begin(), leading.end());
    arguments.append({table, extent_table(sizes, given)});
    for (auto i = first_size + static_cast<unsigned>(size_count); i < parameters.size(); ++i) {
      arguments.push_back(wrapper->getArg(i));
    }
    builder_.CreateRet(call_runtime(builder_, runtime, arguments));
  }

  /// Of examples, or in the kernel regime of pairs of points, like the kernel.
  void emit_observation(const ir::limit::Function& source) {
    const std::string suffix = "_" + source.name();
    if (is_of_pairs(context_.source, source)) return emit_pairs(suffix, source);
    emit_batch_call(suffix, RuntimeFunction::tp_observe, source, 2, builder_.getInt32(source.key.index));
  }

  void emit_learning_rate() {
    auto* pointer = builder_.getPtrTy();
    auto* read = begin("_learning_rate", builder_.getInt32Ty(), {pointer, pointer});
    builder_.CreateRet(call_runtime(builder_, RuntimeFunction::tp_learning_rate, {read->getArg(0), read->getArg(1)}));
    auto* set = begin("_set_learning_rate", builder_.getInt32Ty(), {pointer, builder_.getDoubleTy()});
    builder_.CreateRet(call_runtime(builder_, RuntimeFunction::tp_set_learning_rate, {set->getArg(0), set->getArg(1)}));
  }

  /// A table with the size of every extent of the model; 0 for those that the function does not use.
  llvm::Value* extent_table(const SizeArguments& sizes, llvm::ArrayRef<llvm::Value*> given) {
    const size_t count = extents_of(context_.source).size();
    auto* type = llvm::ArrayType::get(builder_.getInt64Ty(), count);
    llvm::Value* table = builder_.CreateAlloca(type);
    builder_.CreateStore(llvm::Constant::getNullValue(type), table);
    auto set = [&](size_t extent, llvm::Value* size) {
      builder_.CreateStore(size, builder_.CreateConstInBoundsGEP1_64(builder_.getInt64Ty(), table, extent));
    };
    for (size_t i = 0; i < count && sizes.one; ++i) set(i, given.front());
    for (size_t i = 0; i < sizes.extents.size(); ++i) set(sizes.extents[i], given[i]);
    return table;
  }

  /// A table with one address a model field, null but for those of `entries`.
  llvm::Value* field_table(const std::vector<size_t>& entries, llvm::ArrayRef<llvm::Value*> addresses) {
    auto* type = llvm::ArrayType::get(builder_.getPtrTy(), fields_of(context_.source).size());
    llvm::Value* table = builder_.CreateAlloca(type);
    builder_.CreateStore(llvm::Constant::getNullValue(type), table);
    for (size_t i = 0; i < entries.size(); ++i) {
      builder_.CreateStore(addresses[i], builder_.CreateConstInBoundsGEP1_64(builder_.getPtrTy(), table, entries[i]));
    }
    return table;
  }

  /// int f(one array a field, rows, one array a field of the others, columns, one array a result).
  void emit_pairs(const std::string& suffix, const ir::limit::Function& source) {
    static_assert(sizeof(tp_pairs) == 72);
    const auto fields = pair_interface(context_.source, source).fields;
    auto* pointer = builder_.getPtrTy();
    auto* i64 = builder_.getInt64Ty();
    llvm::SmallVector<llvm::Type*, 8> parameters;
    for (int side = 0; side < 2; ++side) {
      parameters.append(fields.size(), pointer);
      parameters.push_back(i64);
    }
    parameters.append(source.results.size(), pointer);
    auto* wrapper = begin(suffix, builder_.getInt32Ty(), parameters);
    llvm::SmallVector<llvm::Value*, 8> arguments;
    for (auto& argument : wrapper->args()) arguments.push_back(&argument);
    const llvm::ArrayRef<llvm::Value*> all = arguments;
    const size_t n = fields.size();
    auto* pairs_type =
        llvm::StructType::create({i64, pointer, i64, pointer, i64, i64, pointer, pointer, pointer}, "tp_pairs");
    llvm::Value* pairs = builder_.CreateAlloca(pairs_type);
    builder_.CreateStore(llvm::Constant::getNullValue(pairs_type), pairs);
    auto set = [&](unsigned member, llvm::Value* value) {
      builder_.CreateStore(value, builder_.CreateStructGEP(pairs_type, pairs, member));
    };
    set(0, builder_.getInt64(sizeof(tp_pairs)));
    set(1, field_table(fields, all.take_front(n)));
    set(2, all[n]);
    set(3, field_table(fields, all.slice(n + 1, n)));
    set(4, all[2 * n + 1]);
    auto* results_type = llvm::ArrayType::get(pointer, source.results.size());
    llvm::Value* results = builder_.CreateAlloca(results_type);
    for (size_t i = 0; i < source.results.size(); ++i) {
      builder_.CreateStore(all[2 * n + 2 + i], builder_.CreateConstInBoundsGEP1_64(pointer, results, i));
    }
    llvm::Value* none = llvm::Constant::getNullValue(pointer);
    const auto number = static_cast<uint32_t>(&source - context_.source.functions.data());
    builder_.CreateRet(call_runtime(builder_, RuntimeFunction::tp_evaluate_pairs,
                                    {descriptor_, none, builder_.getInt32(number), pairs, results, none, none}));
  }

  const ModuleContext& context_;
  llvm::GlobalVariable* descriptor_;
  IrBuilder builder_;
};

}  // namespace

void emit_wrappers(const ModuleContext& context, llvm::GlobalVariable* descriptor) {
  WrapperEmitter(context, descriptor).emit();
}

}  // namespace tpc::codegen
