/// \file The fields of functions in function space: values of f at groups of points and blocks of the kernel, each made
/// once, in whichever function it is needed.
#pragma once

#include <string>
#include <vector>

#include "passes/kernel/function_space.h"

namespace tpc::passes::kernel {

class SpaceFields {
 public:
  /// Of functions that are to be made, or that are there already. Precondition: the module has a batch.
  SpaceFields(ir::tp::Module& module, FunctionSpace& space);

  [[nodiscard]] ir::DimId batch() const { return batch_; }
  /// The group with these fields, and its dimensions: rows (not valid: none) and outputs (not valid: f is a number).
  size_t group(std::vector<PointGroup::Field> fields, ir::DimId rows, ir::DimId outputs);
  size_t kernel_of(std::vector<std::string> states);
  [[nodiscard]] ir::DimId rows(size_t group) const { return dims_[group].rows; }
  /// f : scalar[B, rows, outputs] as a field of the builder's function.
  ir::ValueId values(ir::tp::Builder& builder, size_t group);
  /// sum over the points s of `other` of K(., s) c_s, with c : scalar[B, rows, outputs] of that group, in any order.
  ir::ValueId apply_kernel(ir::tp::Builder& builder, size_t kernel, size_t group, size_t other,
                           ir::ValueId coefficients);
  /// The sum over all pairs of points of all examples of c . K c'.
  ir::ValueId quadratic_form(ir::tp::Builder& builder, size_t kernel, size_t group, size_t other,
                             ir::ValueId coefficients, ir::ValueId other_coefficients);

 private:
  struct Dims {
    ir::DimId rows, outputs;
  };
  /// The same tasks as another dimension: no twin, since the functions are not of pairs but of all tasks at once.
  ir::DimId second_examples();
  std::string block_field(size_t kernel, size_t group, size_t other, bool across);
  ir::ValueId relabelled(ir::tp::Builder& builder, ir::ValueId value, ir::DimId from, ir::DimId to);

  ir::tp::Module& module_;
  FunctionSpace& space_;
  ir::DimId batch_;
  std::vector<Dims> dims_;  ///< by group
  ir::DimId second_examples_;
};

}  // namespace tpc::passes::kernel
