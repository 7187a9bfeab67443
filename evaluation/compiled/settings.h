/// \file What is asked of the evaluation of a limit; what is not said is decided from the program and its data.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "codegen/codegen.h"

namespace tpc::evaluation {

class CodeCache;  // machine_code.h

enum class Method { automatic, exact, quadrature, qmc, mc };

/// The largest numbers that can be asked for: of sample points a replica, of nodes a dimension.
inline constexpr int64_t most_samples = int64_t{1} << 26;
inline constexpr int64_t most_nodes = 512;

/// How expectations are to be evaluated (math.md section 6).
struct MethodRequest {
  Method method = Method::automatic;
  std::optional<int64_t> samples;   ///< sample points, nodes a dimension or coordinates, by the method
  std::optional<int64_t> replicas;  ///< independent repetitions, for the error bars
  std::optional<double> tolerance;  ///< relative size below which a new direction is not stored
  bool rotate_to_data = true;       ///< base variables along the data's principal components (input_geometry.h)
  uint64_t seed = 1;
  int threads = 0;                             ///< 0: all cores
  int64_t first_replica = 0;                   ///< replicas with other numbers are independent of these
  std::optional<tp_precision> precision = {};  ///< of sample values; empty: by what the method's own error allows
};

struct EvaluationSettings {
  MethodRequest request;
  codegen::CodegenOptions code;
  std::optional<double> target_error;               ///< of every output: more samples until its standard error is below
  std::shared_ptr<CodeCache> code_cache = nullptr;  ///< of several runs; null: each has code of its own
};

}  // namespace tpc::evaluation
