/// \file A plain evaluator of Limit IR over sample arrays: every value in full, one instruction after the other.
/// The independent oracle for generated code; the runtime's own operations come from fake_runtime.h.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/unit/codegen/fake_runtime.h"

namespace tpc::test {

/// Data of a batch: by field name, the batch first.
using Fields = std::map<std::string, std::vector<double>>;

struct Evaluation {
  std::vector<std::vector<double>> results;  ///< batch dimensions first
  Contents after;
  size_t largest_numbers = 0;  ///< compiled code: the largest array of numbers it asked for
};

Evaluation evaluate(const ir::limit::Module& module, const ir::limit::Function& function, const Contents& before,
                    const Fields& fields, int64_t batch);

}  // namespace tpc::test
