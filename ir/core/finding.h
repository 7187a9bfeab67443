/// \file What a verifier finds wrong with a module.
#pragma once

#include <string>
#include <vector>

#include "base/diag/span.h"

namespace tpc::ir {

struct Finding {
  std::string message;  ///< names function and instruction
  Span span;            ///< of what it speaks of, in the text the module was read from; empty: it was made, not read
};

/// The messages alone.
inline std::vector<std::string> messages(const std::vector<Finding>& findings) {
  std::vector<std::string> result;
  for (const Finding& finding : findings) result.push_back(finding.message);
  return result;
}

}  // namespace tpc::ir
