/// \file A small program under construction, with a state of every kind: what the tests of autodiff, update and
/// simplify build their functions in.
#pragma once

#include <string>
#include <vector>

#include "evaluation/interpreter/interpreter.h"
#include "ir/tp/ir.h"

namespace tpc::testing {

/// One batch has `batch_count` examples; the width in these tests is `small_width`. All sizes differ.
inline constexpr int64_t batch_count = 4;
inline constexpr int64_t small_width = 5;

class SmallProgram {
 public:
  SmallProgram();
  SmallProgram(const SmallProgram&) = delete;
  SmallProgram& operator=(const SmallProgram&) = delete;

  /// Ends the function under construction, with the sum of everything in `terms`, each reduced to one number with
  /// weights that differ from index to index, as its result "loss".
  void finish(const std::vector<ir::ValueId>& terms);

  ir::tp::Module module;
  ir::DimId batch, inputs, outputs, inputs2;  ///< B = ?, d = 2, k = 3, d' = 2
  ir::StateId U, b, W, M, V, s, t, q;  ///< vector[d], vector, matrix twice, vector[k], scalar, scalar[k], vector[d']

  [[nodiscard]] ir::tp::Builder& build() { return builder_; }
  [[nodiscard]] ir::tp::Function& function() { return module.functions.front(); }
  ir::ValueId x, y, label;  ///< scalar[B,d], scalar[B,k] (a probability row), scalar[B] (a class index)

  /// (1/n) sum of lhs * rhs over the width and `over`.
  ir::ValueId mean(ir::ValueId lhs, ir::ValueId rhs, std::vector<ir::DimId> over = {});
  ir::ValueId map(ir::Primitive primitive, ir::ValueId argument, int power = 0) {
    return builder_.map(primitive, {argument}, power);
  }
  ir::ValueId matmul(ir::ValueId matrix, ir::ValueId argument, bool transposed = false) {
    return builder_.insert(ir::tp::Matmul{matrix, argument, transposed});
  }
  ir::ValueId outer(ir::ValueId left, ir::ValueId right) { return builder_.insert(ir::tp::Outer{left, right}); }

 private:
  ir::ValueId to_number(ir::ValueId value);
  ir::StateId add_state(const std::string& name, ir::Type type, double deviation);

  ir::tp::Builder builder_;
};

/// Data that every SmallProgram can be run on.
tpc::evaluation::Batch small_batch(uint64_t seed);

/// A program of about `length` random instructions (for which finite differences make sense: smooth up to kinks,
/// values of order one), and all of the noise simplification removes: products with 0, 1, -1, powers of n, double
/// signs.
ir::tp::Module random_program(uint64_t seed, int length);

}  // namespace tpc::testing
