/// \file A function of two batches for all pairs of points (tp_evaluate_pairs): kernels and Gram matrices.
/// Numbers only: blocks of pairs in parallel, each thread with a state of its own. With random variables: one block
/// after the other, each in parallel over replicas and samples.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tpc/runtime.h"

namespace tpc::runtime {

/// Tables by result; they and their entries may be null (tpc/runtime.h).
struct PairOutputs {
  double* const* mean;
  double* const* error;
  double* const* by_replica;
};

/// Throws Failure, std::bad_alloc.
void evaluate_pairs(const tp_model_descriptor& model, const tp_options* options, std::uint32_t function,
                    const tp_pairs* pairs, const PairOutputs& outputs);
std::size_t pair_replica_count(const tp_model_descriptor& model, const tp_options* options, std::uint32_t function);

}  // namespace tpc::runtime
