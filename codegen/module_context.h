/// \file What all emitters of one module share.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "codegen/codegen.h"
#include "codegen/llvm_headers.h"
#include "ir/limit/ops.h"
#include "tpc/runtime.h"

namespace tpc::codegen {

class EqualFunctions;

struct ModuleContext {
  ModuleContext(const ir::limit::Module& source_module, llvm::Module& target_module, EqualFunctions& equals,
                const CodegenOptions& options);

  const ir::limit::Module& source;
  llvm::Module& target;
  EqualFunctions& equal_functions;
  tp_precision precision;
  std::string prefix;                            ///< of symbols
  std::map<uint32_t, std::string> titles;        ///< of observations
  llvm::Type* element;                           ///< of sample values: double or float
  llvm::FixedVectorType* lanes;                  ///< 64 bytes of them; M is a multiple of 64, so rows have no tails
  std::vector<ir::Rational> argument_exponents;  ///< of `condition`s; an exponent's place is its size class
};

}  // namespace tpc::codegen
