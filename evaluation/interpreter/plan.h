/// \file A function prepared for the sizes of its batches: planned once, run many times.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/interpreter/interpreter.h"
#include "evaluation/interpreter/operations.h"
#include "evaluation/interpreter/rows.h"

namespace tpc::evaluation::interpreter {

class Plan {
 public:
  /// Module and function outlive the plan.
  Plan(const Module& module, const Function& function, Index width, Sizes sizes,
       MapFusion fusion = MapFusion::whole_trees);
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  [[nodiscard]] const Sizes& sizes() const { return sizes_; }

  /// Evaluates the instructions in order and applies the writes at the end. Result values by name, row-major
  /// [dims..., n]; a matrix result is [n, n].
  std::map<std::string, std::vector<double>> run(const Batch& batch, States& states, Workspace& workspace);

  /// The first array that is not finite; nothing is written to the states. Precondition: MapFusion::none.
  std::optional<NotFinite> first_not_finite(const Batch& batch, States& states, Workspace& workspace);

 private:
  [[nodiscard]] Memory memory_for(const Batch& batch, States& states, Workspace& workspace);
  [[nodiscard]] std::vector<double> numbers(ValueId value, const Memory& memory) const;
  [[nodiscard]] NotFinite describe_not_finite(ValueId value, const Memory& memory) const;
  void commit(Memory& memory);
  void commit_matrices(const Memory& memory) const;

  const Module& module_;
  const Function& function_;
  Sizes sizes_;
  ValuePlaces places_;
  std::vector<Operation> operations_;
  std::vector<Eigen::VectorXd> written_;  ///< what the states become, and then their memory from before
  struct Addition {
    ValueId instruction;
    Index value_numbers;
    AddedRows rows;
  };
  std::vector<Addition> additions_;
};

}  // namespace tpc::evaluation::interpreter
