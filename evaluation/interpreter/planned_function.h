/// \file One function and the plans for the sizes it was called with lately.
#pragma once

#include <memory>
#include <vector>

#include "evaluation/interpreter/extent_sizes.h"
#include "evaluation/interpreter/plan.h"

namespace tpc::evaluation::interpreter {

class PlannedFunction {
 public:
  PlannedFunction(const Module& module, const Function& function, Index width)
      : module_(module), function_(function), width_(width), extents_(module, function) {}

  [[nodiscard]] const Function& function() const { return function_; }

  Plan& plan_for(const Batch& batch) {
    Sizes sizes = extents_.of(batch);
    for (const auto& plan : plans_) {
      if (plan->sizes() == sizes) return *plan;
    }
    if (plans_.size() == most_plans) plans_.erase(plans_.begin());
    plans_.push_back(std::make_unique<Plan>(module_, function_, width_, std::move(sizes)));
    return *plans_.back();
  }

 private:
  static constexpr size_t most_plans = 4;  ///< batches of a data set and the last one, shorter, of two sets
  const Module& module_;
  const Function& function_;
  Index width_;
  ExtentSizes extents_;
  std::vector<std::unique_ptr<Plan>> plans_;
};

}  // namespace tpc::evaluation::interpreter
