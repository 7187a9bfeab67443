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

/// The sizes of extents: by name, a twin like what it is a twin of, all others `count`.
struct ExtentSizes {
  ExtentSizes(int64_t of_all) : count(of_all) {}                                      // NOLINT: one size for all
  ExtentSizes(std::map<std::string, int64_t> by_name) : named(std::move(by_name)) {}  // NOLINT
  [[nodiscard]] int64_t of(const ir::limit::Module& module, ir::DimId dim) const;
  int64_t count = 0;
  std::map<std::string, int64_t> named;
};

struct Evaluation {
  std::vector<std::vector<double>> results;  ///< batch dimensions first
  Contents after;
  size_t largest_numbers = 0;  ///< compiled code: the largest array of numbers it asked for
};

Evaluation evaluate(const ir::limit::Module& module, const ir::limit::Function& function, const Contents& before,
                    const Fields& fields, const ExtentSizes& sizes);

}  // namespace tpc::test
