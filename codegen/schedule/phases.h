/// \file The phases of a Limit IR function: what is local to a sample point is fused into one loop over the sample
/// points; expectations, conditioned products and large products over finite dimensions stand between the loops.
/// An analysis: it reads the function and orders its instructions. Shown by tests/unit/codegen/phases_test.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/limit/ops.h"

namespace tpc::codegen {

/// Sums over at most this many terms, and expectations with a side of at most this many rows, stay in the fused loop;
/// larger ones are matrix products.
inline constexpr int64_t small_extent = 16;

/// How an instruction is carried out.
enum class Execution {
  none,    ///< nothing to do: a number, an argument, a state, or the same values under another dimension
  scalar,  ///< a loop over finite indices, or a runtime call on numbers
  dense,   ///< a runtime call over all sample points
  fused,   ///< in the sample loop of its phase
  change,  ///< rows added to random variables of a state, in place: once the function has succeeded
  pairs,   ///< at all pairs of sample points, once the function has succeeded
  effect,  ///< append, write, numbers added to a state: after everything else
};

/// First `calls` one after the other (scalar and dense), then one loop over the sample points that does `kernel`.
struct Phase {
  std::vector<ir::ValueId> calls;
  std::vector<ir::ValueId> kernel;
};

struct Schedule {
  std::vector<Phase> phases;
  /// One loop over the sample points once the function has succeeded: rows that are added to states, and what only they
  /// need.
  std::vector<ir::ValueId> changes;
  std::vector<ir::ValueId> pairs;    ///< functions of two points, and writes of them
  std::vector<ir::ValueId> effects;  ///< appends and added numbers, then writes
};

/// The instruction that makes the value, behind any relabels.
ir::ValueId without_relabels(const ir::limit::Function& function, ir::ValueId id);

/// Whether the value, behind any relabels, is rows of random variables picked by index. Loops over sample points read
/// them where they stand; a copy of them exists only where a runtime call needs them one after the other.
bool is_picked_rows(const ir::limit::Function& function, ir::ValueId id);
/// The instructions whose results are read where `operand` is: its maker, and of picked rows also, however deep, the
/// table's and the index's.
std::vector<ir::ValueId> sources(const ir::limit::Function& function, ir::ValueId operand);

/// Of picked rows: as long as no runtime call needs them.
Execution execution_of(const ir::limit::Module& module, const ir::limit::Function& function, ir::ValueId id);

/// Whether the instruction of a sample loop adds to memory for each of its terms, which a loop nest walks through
/// outside of the samples: sums over picked rows, and sums by index.
bool is_accumulated(const ir::limit::Function& function, ir::ValueId id);

/// Every live instruction exactly once, operands before users. A fused value that only later phases need is computed
/// there when that costs no more memory.
Schedule schedule(const ir::limit::Module& module, const ir::limit::Function& function);

/// out[slice, row, :] = sum over columns of coefficient[slice, row, column] * in[slice, column, :], a matrix product
/// for each slice. Dimensions in storage order.
struct ContractForm {
  ir::ValueId random, coefficient;  ///< coefficient invalid: all 1
  std::vector<ir::DimId> slices, rows, columns;
};
/// Empty: the contraction is small, or its operands' dimensions are not nested like this; it is fused then.
std::optional<ContractForm> dense_contract(const ir::limit::Module& module, const ir::limit::Function& function,
                                           const ir::Contract& op);

/// E[lhs rhs] for all pairs of rows, a matrix product for each slice, summed over those slices that are in `over`.
struct ExpectForm {
  std::vector<ir::DimId> slices, lhs_rows, rhs_rows;
};
std::optional<ExpectForm> dense_expect(const ir::limit::Module& module, const ir::limit::Function& function,
                                       const ir::limit::Expect& op);

/// The order in which a scalar's numbers are stored: data fields have extents first, all else is in type order.
std::vector<ir::DimId> storage_dims(const ir::limit::Module& module, const ir::limit::Function& function,
                                    ir::ValueId id);
/// `dims` with extents (of unknown size) first; otherwise in order.
std::vector<ir::DimId> extents_first(const ir::limit::Module& module, const std::vector<ir::DimId>& dims);

/// One line an instruction under the phase it runs in.
std::string print_phases(const ir::limit::Module& module, const ir::limit::Function& function);

}  // namespace tpc::codegen
