#include "codegen/loops.h"

#include <llvm/IR/Metadata.h>

namespace tpc::codegen {

namespace {

/// Loops over samples are written with vectors already, and the others are short: neither gains from LLVM's own
/// vectoriser, and without unrolling the code's size does not depend on any dimension.
void keep_as_written(llvm::BranchInst* back_edge) {
  llvm::LLVMContext& context = back_edge->getContext();
  auto* no_unrolling = llvm::MDNode::get(context, llvm::MDString::get(context, "llvm.loop.unroll.disable"));
  auto* one = llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(llvm::Type::getInt32Ty(context), 1));
  auto* no_vectors = llvm::MDNode::get(context, {llvm::MDString::get(context, "llvm.loop.vectorize.width"), one});
  auto* loop = llvm::MDNode::getDistinct(context, {nullptr, no_unrolling, no_vectors});
  loop->replaceOperandWith(0, loop);
  back_edge->setMetadata(llvm::LLVMContext::MD_loop, loop);
}

}  // namespace

Carried emit_loop(IrBuilder& builder, llvm::Value* begin, llvm::Value* end, int64_t step, const Carried& initial,
                  llvm::function_ref<Carried(llvm::Value*, const Carried&)> body) {
  llvm::Function* function = builder.GetInsertBlock()->getParent();
  llvm::LLVMContext& context = builder.getContext();
  auto* before = builder.GetInsertBlock();
  auto* header = llvm::BasicBlock::Create(context, "loop", function);
  auto* inside = llvm::BasicBlock::Create(context, "body", function);
  auto* after = llvm::BasicBlock::Create(context, "after", function);
  builder.CreateBr(header);

  builder.SetInsertPoint(header);
  auto* index = builder.CreatePHI(begin->getType(), 2, "index");
  index->addIncoming(begin, before);
  Carried current;
  llvm::SmallVector<llvm::PHINode*, 4> phis;
  for (llvm::Value* value : initial) {
    phis.push_back(builder.CreatePHI(value->getType(), 2, "carried"));
    phis.back()->addIncoming(value, before);
    current.push_back(phis.back());
  }
  builder.CreateCondBr(builder.CreateICmpSLT(index, end), inside, after);

  builder.SetInsertPoint(inside);
  const Carried next = body(index, current);
  auto* latch = builder.GetInsertBlock();
  index->addIncoming(builder.CreateNSWAdd(index, builder.getInt64(static_cast<uint64_t>(step))), latch);
  for (size_t i = 0; i < phis.size(); ++i) phis[i]->addIncoming(next[i], latch);
  keep_as_written(builder.CreateBr(header));
  builder.SetInsertPoint(after);
  return current;
}

llvm::Value* Extents::size(IrBuilder& builder, ir::DimId dim) const {
  const auto& known = module_->dim(dim).size;
  return known ? llvm::ConstantInt::getSigned(builder.getInt64Ty(), *known) : values_.at(extents_.of(dim));
}

llvm::Value* Extents::product(IrBuilder& builder, const std::vector<ir::DimId>& dims) const {
  llvm::Value* result = builder.getInt64(1);
  for (ir::DimId dim : dims) result = builder.CreateNSWMul(result, size(builder, dim));
  return result;
}

llvm::Value* Extents::offset(IrBuilder& builder, const std::vector<ir::DimId>& dims, const Indices& indices) const {
  llvm::Value* result = builder.getInt64(0);
  for (ir::DimId dim : dims) {
    result = builder.CreateNSWAdd(builder.CreateNSWMul(result, size(builder, dim)), indices.at(dim));
  }
  return result;
}

namespace {

Carried emit_nest_from(IrBuilder& builder, const Extents& extents, const std::vector<ir::DimId>& dims, size_t depth,
                       Indices& indices, const Carried& initial, llvm::function_ref<Carried(const Carried&)> body) {
  if (depth == dims.size()) return body(initial);
  return emit_loop(builder, builder.getInt64(0), extents.size(builder, dims[depth]), 1, initial,
                   [&](llvm::Value* index, const Carried& carried) {
                     indices[dims[depth]] = index;
                     return emit_nest_from(builder, extents, dims, depth + 1, indices, carried, body);
                   });
}

}  // namespace

Carried emit_nest(IrBuilder& builder, const Extents& extents, const std::vector<ir::DimId>& dims, Indices& indices,
                  const Carried& initial, llvm::function_ref<Carried(const Carried&)> body) {
  return emit_nest_from(builder, extents, dims, 0, indices, initial, body);
}

void emit_nest(IrBuilder& builder, const Extents& extents, const std::vector<ir::DimId>& dims, Indices& indices,
               llvm::function_ref<void()> body) {
  emit_nest(builder, extents, dims, indices, {}, [&](const Carried&) {
    body();
    return Carried{};
  });
}

}  // namespace tpc::codegen
