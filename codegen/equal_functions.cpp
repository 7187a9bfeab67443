#include "codegen/equal_functions.h"

#include <unordered_map>

#include <llvm/IR/StructuralHash.h>
#include <llvm/Transforms/Utils/FunctionComparator.h>

namespace tpc::codegen {

struct EqualFunctions::Known {
  llvm::GlobalNumberState numbers;
  std::unordered_multimap<uint64_t, llvm::Function*> functions;  ///< by structural hash
};

EqualFunctions::EqualFunctions() : known_(std::make_unique<Known>()) {}
EqualFunctions::~EqualFunctions() = default;

llvm::Function* EqualFunctions::one_of_equals(llvm::Function* made) {
  const uint64_t hash = llvm::StructuralHash(*made);
  const auto [begin, end] = known_->functions.equal_range(hash);
  for (auto known = begin; known != end; ++known) {
    if (llvm::FunctionComparator(known->second, made, &known_->numbers).compare() != 0) continue;
    made->eraseFromParent();
    return known->second;
  }
  known_->functions.emplace(hash, made);
  return made;
}

}  // namespace tpc::codegen
