/// \file What the commands that print or write machine code share.
#pragma once

#include "codegen/codegen.h"
#include "driver/options.h"

namespace tpc::driver {

inline codegen::CodegenOptions code_options(const Options& options) {
  codegen::CodegenOptions code;
  code.precision = options.precision == "f32" ? TP_F32 : TP_F64;
  code.optimization_level = options.optimization_level;
  code.cpu = options.cpu;
  return code;
}

}  // namespace tpc::driver
