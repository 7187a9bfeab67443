/// \file How the arithmetic on numbers of one phase is grouped into loop nests. Inside a nest values stay in registers;
/// what a sum is made of is evaluated inside the sum, so that no array over output and summed dimensions exists.
/// Shown by tests/unit/codegen/number_plan_test.cpp.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "codegen/schedule/phases.h"

namespace tpc::codegen {

/// out[rows, columns] = sum over `inner` of lhs * rhs: a matrix product, by the runtime.
struct ProductForm {
  std::vector<ir::DimId> rows, columns, inner;
  bool lhs_transposed = false, rhs_transposed = false;  ///< stored as [inner, rows] or [columns, inner]
};
/// Empty: not of that shape, or the sum is short.
std::optional<ProductForm> matrix_product(const ir::limit::Module& module, const ir::limit::Function& function,
                                          const ir::Contract& op);

/// One value a loop nest makes, or several sums over the same dimensions made together.
struct NumberMember {
  std::vector<ir::ValueId> values;
  std::vector<ir::DimId> over;  ///< empty: elementwise
};

/// A loop nest over `dims`. `lane`: the dimension walked through by vectors: the last of `dims`, or one of the summed
/// dimensions of its only member, or none.
struct NumberGroup {
  std::vector<ir::DimId> dims;
  ir::DimId lane;
  std::vector<NumberMember> members;
};

/// Either a loop nest or a call of the runtime.
struct NumberStep {
  ir::ValueId call;
  NumberGroup group;  ///< if there is no call
};

struct NumberPlan {
  std::vector<std::vector<NumberStep>> phases;  ///< steps of each phase in order
  std::set<ir::ValueId> inlined;                ///< evaluated inside the sums that use them
  std::set<ir::ValueId> stored;                 ///< members of loop nests that are needed outside of theirs
};

NumberPlan plan_numbers(const ir::limit::Module& module, const ir::limit::Function& function, const Schedule& schedule);

/// The inlined values that these sums are made of, operands before users.
std::vector<ir::ValueId> inlined_operands(const ir::limit::Function& function, const std::set<ir::ValueId>& inlined,
                                          const std::vector<ir::ValueId>& sums);

/// Whether the value is a sum over finite dimensions.
bool is_sum(const ir::limit::Function& function, ir::ValueId id);

}  // namespace tpc::codegen
