#include "codegen/descriptor_emitter.h"

#include <algorithm>

#include "base/diag/check.h"
#include "codegen/codegen.h"
#include "codegen/model_interface.h"
#include "ir/limit/random.h"

namespace tpc::codegen {

namespace {

/// LLVM's view of the structs of runtime.h; natural alignment lays both out alike.
struct DescriptorTypes {
  explicit DescriptorTypes(llvm::LLVMContext& context) {
    auto* pointer = llvm::PointerType::getUnqual(context);
    auto* i32 = llvm::Type::getInt32Ty(context);
    auto* i64 = llvm::Type::getInt64Ty(context);
    auto* number = llvm::Type::getDoubleTy(context);
    state = llvm::StructType::create({pointer, i32, i32, number, i64, i32, i32}, "tp_state_descriptor");
    field = llvm::StructType::create({pointer, i64, pointer, i32, i32}, "tp_field_descriptor");
    extent = llvm::StructType::create({pointer, i32, i32}, "tp_extent_descriptor");
    result = llvm::StructType::create({pointer, i64, pointer, i32, i32}, "tp_result_descriptor");
    function = llvm::StructType::create(
        {pointer, pointer, i32, i32, pointer, i32, i32, i32, i32, pointer, i32, i32, pointer, pointer},
        "tp_function_descriptor");
    model = llvm::StructType::create({i32, i32, pointer, i32, i32, i32, i32, pointer, pointer, pointer, pointer, i64},
                                     "tp_model_descriptor");
  }
  static_assert(sizeof(tp_state_descriptor) == 40 && sizeof(tp_field_descriptor) == 32 &&
                sizeof(tp_extent_descriptor) == 16 && sizeof(tp_result_descriptor) == 32 &&
                sizeof(tp_function_descriptor) == 80 && sizeof(tp_model_descriptor) == 72);
  llvm::StructType *state, *extent, *field, *result, *function, *model;
};

uint32_t state_kind(ir::Kind kind) {
  switch (kind) {
    case ir::Kind::scalar: return TP_STATE_SCALAR;
    case ir::Kind::vector: return TP_STATE_RANDOM;
    case ir::Kind::matrix: return TP_STATE_MATRIX;
    case ir::Kind::pair: return TP_STATE_PAIR;
    case ir::Kind::none: break;
  }
  TPC_CHECK(false, "a state without a kind");
  return 0;
}

uint32_t init_kind(ir::InitKind kind) {
  switch (kind) {
    case ir::InitKind::zero: return TP_INIT_ZERO;
    case ir::InitKind::constant: return TP_INIT_CONSTANT;
    case ir::InitKind::gaussian: return TP_INIT_GAUSSIAN;
    case ir::InitKind::share: return TP_INIT_SHARE;
    case ir::InitKind::noise: return TP_INIT_NOISE;
  }
  return TP_INIT_ZERO;
}

class DescriptorEmitter {
 public:
  explicit DescriptorEmitter(const ModuleContext& context)
      : context_(context), llvm_context_(context.target.getContext()), types_(llvm_context_) {}

  llvm::GlobalVariable* emit(const std::vector<llvm::Function*>& functions) {
    const auto& module = context_.source;
    const auto fields = fields_of(module);
    auto* value = llvm::ConstantStruct::get(
        types_.model,
        {i32(TP_ABI_VERSION), i32(context_.precision), text(module.name), i32(module.states.size()), i32(fields.size()),
         i32(module.functions.size()), i32(extents_of(module).size()), states(), field_table(fields),
         function_table(functions), extent_table(), i64(fingerprint(module, context_.precision))});
    return constant(value, context_.prefix + "_model", llvm::GlobalValue::ExternalLinkage);
  }

 private:
  llvm::Constant* i32(uint64_t value) { return llvm::ConstantInt::get(llvm::Type::getInt32Ty(llvm_context_), value); }
  llvm::Constant* i64(uint64_t value) { return llvm::ConstantInt::get(llvm::Type::getInt64Ty(llvm_context_), value); }

  llvm::GlobalVariable* constant(llvm::Constant* value, const std::string& name,
                                 llvm::GlobalValue::LinkageTypes linkage) {
    auto* global = llvm::cast<llvm::GlobalVariable>(context_.target.getOrInsertGlobal(name, value->getType()));
    global->setInitializer(value);
    global->setConstant(true);
    global->setLinkage(linkage);
    return global;
  }
  llvm::Constant* internal(llvm::Constant* value, const char* name) {
    return constant(value, name + ("." + std::to_string(next_internal_++)), llvm::GlobalValue::PrivateLinkage);
  }
  llvm::Constant* text(const std::string& value) {
    return internal(llvm::ConstantDataArray::getString(llvm_context_, value), "text");
  }
  llvm::Constant* table(llvm::Type* type, const std::vector<llvm::Constant*>& entries, const char* name) {
    if (entries.empty()) return llvm::ConstantPointerNull::get(llvm::PointerType::getUnqual(llvm_context_));
    return internal(llvm::ConstantArray::get(llvm::ArrayType::get(type, entries.size()), entries), name);
  }

  llvm::Constant* states() {
    std::vector<llvm::Constant*> entries;
    for (size_t i = 0; i < context_.source.states.size(); ++i) {
      const ir::State& state = context_.source.states[i];
      const bool meets = state.type.kind == ir::Kind::vector && meets_input(context_.source, ir::StateId(i));
      entries.push_back(llvm::ConstantStruct::get(
          types_.state,
          {text(state.name), i32(state_kind(state.type.kind)), i32(init_kind(state.init.kind)),
           llvm::ConstantFP::get(llvm::Type::getDoubleTy(llvm_context_), state.init.value),
           i64(state_rows(context_.source, state)), i32(meets ? 1 : 0), i32(shared_updates(ir::StateId(i)))}));
    }
    return table(types_.state, entries, "states");
  }

  /// tp_state_descriptor::shares_updates.
  uint64_t shared_updates(ir::StateId state) {
    const ir::StateId first = updates_shared_with(context_.source, state);
    return first == state ? 0 : uint64_t{first.index} + 1;
  }

  llvm::Constant* extent_table() {
    const auto all = extents_of(context_.source);
    std::vector<llvm::Constant*> entries;
    for (ir::DimId dim : all) {
      const ir::Dimension& dimension = context_.source.dim(dim);
      const auto base = std::ranges::find(all, dimension.twin_of);
      const auto twin_of = base == all.end() ? 0 : base - all.begin() + 1;
      entries.push_back(llvm::ConstantStruct::get(types_.extent,
                                                  {text(dimension.name), i32(static_cast<uint64_t>(twin_of)), i32(0)}));
    }
    return table(types_.extent, entries, "extents");
  }

  llvm::Constant* indices(const std::vector<size_t>& values) {
    std::vector<llvm::Constant*> entries;
    for (size_t value : values) entries.push_back(i32(value));
    return table(llvm::Type::getInt32Ty(llvm_context_), entries, "indices");
  }

  llvm::Constant* field_table(const std::vector<Field>& fields) {
    std::vector<llvm::Constant*> entries;
    for (const Field& field : fields) {
      entries.push_back(llvm::ConstantStruct::get(
          types_.field, {text(field.name), i64(field.size), indices(field.extents), i32(field.extents.size()),
                         i32(field.twin_of ? *field.twin_of + 1 : 0)}));
    }
    return table(types_.field, entries, "fields");
  }

  llvm::Constant* title(const ir::FunctionKey& key) {
    const auto found = context_.titles.find(key.index);
    const bool titled = key.role == ir::FunctionRole::observe && found != context_.titles.end();
    return titled ? text(found->second) : llvm::ConstantPointerNull::get(llvm::PointerType::getUnqual(llvm_context_));
  }

  llvm::Constant* function_table(const std::vector<llvm::Function*>& functions) {
    std::vector<llvm::Constant*> entries;
    for (size_t i = 0; i < functions.size(); ++i) {
      const auto& function = context_.source.functions[i];
      const auto used = extents_used_by(context_.source, function);
      const auto examples = example_extent(context_.source, function);
      const auto read = fields_read_by(context_.source, function);
      std::vector<llvm::Constant*> results;
      for (const ir::Result& result : function.results) {
        const ResultShape shape = result_shape(context_.source, function, result);
        results.push_back(llvm::ConstantStruct::get(
            types_.result,
            {text(shape.name), i64(shape.size), indices(shape.extents), i32(shape.extents.size()), i32(0)}));
      }
      entries.push_back(llvm::ConstantStruct::get(
          types_.function,
          {text(function.name()), functions[i], i32(results.size()), i32(trains(function) ? 1 : 0),
           table(types_.result, results, "results"), i32(ir::limit::has_random_variables(function) ? 1 : 0),
           i32(runtime_role(function.key.role)), i32(function.key.index), i32(used.size()), indices(used),
           i32(examples ? *examples + 1 : 0), i32(read.size()), indices(read), title(function.key)}));
    }
    return table(types_.function, entries, "functions");
  }

  const ModuleContext& context_;
  llvm::LLVMContext& llvm_context_;
  DescriptorTypes types_;
  size_t next_internal_ = 0;
};

}  // namespace

llvm::GlobalVariable* emit_descriptor(const ModuleContext& context, const std::vector<llvm::Function*>& functions) {
  return DescriptorEmitter(context).emit(functions);
}

}  // namespace tpc::codegen
