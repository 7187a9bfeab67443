/// \file Initial values of states. The standard normals behind them depend on seed, name and position only, not on the
/// parametrization: two files that differ by the abc-symmetry (TP-IV section 3.2) draw the same network.
#pragma once

#include <cstdint>

#include "ir/core/module.h"

namespace tpc::evaluation::interpreter {

/// Fills `count` entries: zero, init.value n^{-b}, or init.value n^{-b} times standard normals.
void draw_initial(const ir::State& state, uint64_t seed, int64_t width, double* entries, int64_t count);

}  // namespace tpc::evaluation::interpreter
