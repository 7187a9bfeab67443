/// \file Calls of one function of data in the functions of a TP IR module: which values it was given, and what came
/// out. The operations between them stand in the function's body like all others.
#pragma once

#include <map>
#include <vector>

#include "ir/core/function_key.h"
#include "ir/core/ids.h"

namespace tpc::ir::tp {

struct Call {
  std::vector<ValueId> arguments;  ///< by parameter; not valid(): the function does not need it
  ValueId result;
};

using CallsByFunction = std::map<FunctionKey, std::vector<Call>>;

}  // namespace tpc::ir::tp
