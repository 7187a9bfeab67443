/// \file How the fused instructions of one phase are grouped into loop nests. Inside a group values stay in registers.
#pragma once

#include <vector>

#include "codegen/schedule/phases.h"

namespace tpc::codegen {

/// One loop nest over `dims` (rows), with the loop over the samples of a tile innermost.
struct LoopGroup {
  std::vector<ir::DimId> dims;
  std::vector<ir::ValueId> members;
};

struct KernelPlan {
  std::vector<LoopGroup> groups;          ///< run in this order for each tile of samples
  std::vector<ir::ValueId> expectations;  ///< their partial sums stand one after the other in this order

  /// The group that makes the value; empty: not made in this kernel.
  [[nodiscard]] std::optional<size_t> group_of(ir::ValueId id) const;
};

KernelPlan plan_kernel(const ir::limit::Function& function, const std::vector<ir::ValueId>& kernel);

/// Of Schedule::changes: rows are added behind everything that reads the states they are added to, each value in the
/// loop nest of its addition unless it is needed elsewhere.
KernelPlan plan_changes(const ir::limit::Function& function, const std::vector<ir::ValueId>& changes);

/// Whether `operand` of an instruction in `group` can come from the register its maker left there.
bool stays_in_register(const ir::limit::Function& function, const LoopGroup& group, ir::ValueId operand);

}  // namespace tpc::codegen
