#include "codegen/value_access.h"

#include "base/diag/check.h"
#include "codegen/schedule/phases.h"

namespace tpc::codegen {

namespace {

std::vector<ir::Rational> exponents_of_conditions(const ir::limit::Module& module) {
  std::vector<ir::Rational> result;
  for (const auto& function : module.functions) {
    for (const auto& instruction : function.body) {
      const auto* condition = std::get_if<ir::limit::Condition>(&instruction.op);
      if (condition != nullptr && std::ranges::find(result, condition->exponent) == result.end()) {
        result.push_back(condition->exponent);
      }
    }
  }
  return result;
}

}  // namespace

ModuleContext::ModuleContext(const ir::limit::Module& source_module, llvm::Module& target_module,
                             EqualFunctions& equals, const CodegenOptions& options)
    : source(source_module),
      target(target_module),
      equal_functions(equals),
      precision(options.precision),
      prefix(symbol_prefix(source_module, options)),
      titles(options.titles),
      element(options.precision == TP_F32 ? llvm::Type::getFloatTy(target_module.getContext())
                                          : llvm::Type::getDoubleTy(target_module.getContext())),
      lanes(llvm::FixedVectorType::get(element, options.precision == TP_F32 ? 16 : 8)),
      argument_exponents(exponents_of_conditions(source_module)) {}

bool is_immediate(const ir::limit::Function& function, ir::ValueId id) {
  const auto& op = function.at(id).op;
  return std::holds_alternative<ir::Constant>(op) || std::holds_alternative<ir::DimSize>(op);
}

llvm::Value* ValueAccess::pointer(ir::ValueId id) const {
  llvm::Value* found = find(without_relabels(*function_, id));
  TPC_CHECK(found != nullptr,
            "a value is used before it has memory: %" + std::to_string(id.index) + " of " + function_->name());
  return found;
}

llvm::Value* ValueAccess::find(ir::ValueId maker) const {
  const auto place = places_.find(maker);
  if (place != places_.end()) return place->second;
  return elsewhere_ ? elsewhere_(maker) : nullptr;
}

llvm::Value* ValueAccess::immediate(IrBuilder& builder, ir::ValueId id) const {
  const auto& op = function_->at(id).op;
  if (const auto* constant = std::get_if<ir::Constant>(&op)) {
    return llvm::ConstantFP::get(builder.getDoubleTy(), constant->value);
  }
  return builder.CreateSIToFP(extents_.size(builder, std::get<ir::DimSize>(op).dim), builder.getDoubleTy());
}

llvm::Value* ValueAccess::number(IrBuilder& builder, ir::ValueId id, const Indices& indices) const {
  if (is_immediate(*function_, id)) return immediate(builder, id);
  auto dims = storage_dims(context_->source, *function_, id);
  llvm::Value* address =
      builder.CreateInBoundsGEP(builder.getDoubleTy(), pointer(id), extents_.offset(builder, dims, indices));
  return builder.CreateLoad(builder.getDoubleTy(), address);
}

llvm::Value* ValueAccess::row(IrBuilder& builder, llvm::Value* base, const std::vector<ir::DimId>& dims,
                              const Indices& indices, llvm::Value* sample_count) const {
  llvm::Value* offset = builder.CreateNSWMul(extents_.offset(builder, dims, indices), sample_count);
  return builder.CreateInBoundsGEP(context_->element, base, offset);
}

llvm::Value* ValueAccess::row(IrBuilder& builder, ir::ValueId id, const Indices& indices, llvm::Value* sample_count,
                              llvm::Value* absent) const {
  const ir::ValueId maker = without_relabels(*function_, id);
  if (find(maker) != nullptr || !is_picked_rows(*function_, maker)) {
    return row(builder, pointer(id), function_->type(id).dims, indices, sample_count);
  }
  Indices inner = indices;
  if (const auto* relabel = std::get_if<ir::Relabel>(&function_->at(id).op)) {
    inner[relabel->from] = indices.at(relabel->to);
    return row(builder, relabel->argument, inner, sample_count, absent);
  }
  return picked_row(builder, std::get<ir::Gather>(function_->at(id).op), indices, sample_count, absent);
}

llvm::Value* ValueAccess::picked_row(IrBuilder& builder, const ir::Gather& rows, const Indices& indices,
                                     llvm::Value* sample_count, llvm::Value* absent) const {
  const Place place = place_of(builder, rows.index, rows.dim, indices);
  return builder.CreateSelect(place.is_absent, absent, row(builder, rows.table, place.indices, sample_count, absent));
}

ValueAccess::Place ValueAccess::place_of(IrBuilder& builder, llvm::Value* index, ir::DimId dim, Indices indices) {
  llvm::Value* place = builder.CreateFPToSI(index, builder.getInt64Ty());
  llvm::Value* is_absent = builder.CreateICmpSLT(place, builder.getInt64(0));
  indices[dim] = builder.CreateSelect(is_absent, builder.getInt64(0), place);
  return {std::move(indices), is_absent};
}

}  // namespace tpc::codegen
