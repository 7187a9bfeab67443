/// \file Which random variables are kept as sample buffers, and which of them share one (a linear scan over lifetimes).
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "codegen/kernel_plan.h"

namespace tpc::codegen {

/// Memory for as many rows as the largest of the values has that live there one after the other.
struct BufferSlot {
  std::vector<std::vector<ir::DimId>> shapes;  ///< of the values: dimensions whose sizes multiply to rows; no two alike
};

struct BufferPlan {
  std::vector<BufferSlot> slots;
  std::map<ir::ValueId, uint32_t> slot_of;  ///< the values that need memory
};

/// `kernels`: one plan a phase; `changes`: that of Schedule::changes.
BufferPlan plan_buffers(const ir::limit::Module& module, const ir::limit::Function& function, const Schedule& schedule,
                        const std::vector<KernelPlan>& kernels, const KernelPlan& changes);

}  // namespace tpc::codegen
