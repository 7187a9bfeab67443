/// \file What a function of a role gives to whoever looks it up (function_roles.def): the verifier holds it to that.
#pragma once

#include <string>
#include <vector>

#include "ir/core/function_key.h"
#include "ir/core/module.h"

namespace tpc::ir {

/// The numbers of a result.
enum class Numbers {
  one,          ///< scalar
  one_a_point,  ///< scalar[B], of an extent
  any           ///< scalar with any dimensions
};

struct PromisedResult {
  const char* name;
  Numbers numbers;
  bool optional = false;
};

std::vector<PromisedResult> promised_results(FunctionRole role);

/// Empty if the type has these numbers, else what it has to be.
std::string numbers_problem(const std::vector<Dimension>& dims, Numbers numbers, const Type& type);

}  // namespace tpc::ir
