/// \file Runs TP IR at a finite width n with Eigen: the reference every limit is compared with (`tpc simulate`).
/// Exact semantics of ir/tp/ops.h; no approximation, no scaling of its own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/batch.h"
#include "ir/tp/ir.h"

namespace tpc::evaluation {

/// The first value of a run that is infinite or undefined.
struct NotFinite {
  ir::ValueId instruction;         ///< of the function's body
  std::optional<int64_t> example;  ///< of the batch, from 0; empty: the value has no examples
  double value = 0.0;              ///< one entry that is not finite
  std::vector<double> arguments;   ///< what a map made it of; empty for other operations
};

class Interpreter {
 public:
  /// Draws the initial states: entry j of state s at replica `seed` comes from a counter-based generator keyed by
  /// (seed, state name), scaled by sigma n^{-b}: so two abc-points that differ by the symmetry draw the same network.
  /// `threads`: of the matrix products; 0: all.
  Interpreter(const ir::tp::Module& module, int64_t width, uint64_t seed, int threads = 0);
  ~Interpreter();
  Interpreter(Interpreter&&) noexcept;
  Interpreter& operator=(Interpreter&&) noexcept;

  /// Runs one function on a batch; its writes take effect at the end. Returns its results by name, scalars row-major;
  /// vector results as [finite dims..., n] row-major. Fields that are missing or have another number of values
  /// than their dimensions, and extents of which the batch does not say the size, are internal errors.
  std::map<std::string, std::vector<double>> run(const ir::FunctionKey& function, const Batch& batch);

  /// Runs one function, without its writes, up to the first array with an entry that is not finite.
  [[nodiscard]] std::optional<NotFinite> first_not_finite(const ir::FunctionKey& function, const Batch& batch) const;

  /// The current value of a state, entries row-major [finite dims..., n] ([n, n] for a matrix).
  [[nodiscard]] std::vector<double> state(ir::StateId id) const;
  void set_state(ir::StateId id, const std::vector<double>& values);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tpc::evaluation
