/// \file A program that takes gradient steps on its weights inside (adapts to tasks), in terms of values of its network
/// instead of weights (kernel README, "Programs that adapt"). Shown by: tests/unit/passes/function_space_test.cpp,
/// tests/numeric/task_kernels_test.py.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "ir/tp/calls.h"
#include "ir/tp/ir.h"
#include "passes/limit/derive_limit.h"

namespace tpc::passes {

/// A data field of the network, and how many dimensions one example of it has.
struct NetworkField {
  std::string name;
  size_t dims = 0;
};

/// Points of an example where f is needed: the rows of a group of fields, or the one point that the example is.
struct PointGroup {
  struct Field {
    std::string network, data;  ///< what the network calls the field, and the program
    bool by_row = false;        ///< else one value for all rows
  };
  std::vector<Field> fields;
  int64_t rows = 1;
  std::string values;  ///< the field of the functions that holds f there: [B, rows, outputs]
  /// "support.pixels"
  [[nodiscard]] std::string place() const;
};

/// A field of the functions that holds the kernel between points of one example: [B, rows, rows'], or (`across`) of all
/// pairs of examples: [B, i', rows, rows'], where i' counts the examples once more.
struct KernelBlock {
  std::string field;
  size_t kernel = 0;  ///< of FunctionSpace::kernels
  size_t group = 0, other = 0;
  bool across = false;
};

struct FunctionSpace {
  std::vector<PointGroup> groups;
  std::vector<KernelBlock> blocks;
  /// Which states move together, by name: of each, the function `kernel` has a result. The first is empty: all that
  /// learn.
  std::vector<std::vector<std::string>> kernels = {{}};
  /// The groups whose values the loss depends on: result i of `gradient` is of the values of moved[i].
  std::vector<size_t> moved;
};

/// The name of a result of `kernel`, by FunctionSpace::kernels.
std::string kernel_result(size_t kernel);

struct FunctionSpaceProgram {
  ir::tp::Module functions;  ///< predict, loss, observe_<i>: no states; their fields are the data's and those above
  FunctionSpace space;
};

/// `calls`: of the network, whose data fields are `fields`, in every function of the module. Gradients by weights
/// become gradients by values, still as operations (tp::Gradient). Fails where weights are used outside of these calls.
std::variant<FunctionSpaceProgram, LimitFailure> in_function_space(const ir::tp::Module& module,
                                                                   const ir::tp::CallsByFunction& calls,
                                                                   const std::vector<NetworkField>& fields);

}  // namespace tpc::passes
