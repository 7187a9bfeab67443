/// \file The loops of bench/by_hand in the place of the interpreter: the same training loop, batches and initial
/// weights.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bench/by_hand/network.h"
#include "evaluation/training/evaluator.h"
#include "frontend/sema/program.h"

namespace tpc::bench {

/// The network of this width that was written by hand for the program, by the program's name. Throws
/// std::invalid_argument: there is none.
std::unique_ptr<evaluation::Evaluator> make_by_hand(const sema::Program& program, Precision precision, int64_t width,
                                                    uint64_t seed);

}  // namespace tpc::bench
