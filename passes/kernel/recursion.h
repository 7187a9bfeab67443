/// \file The recursion of f in the Limit IR module of the kernel regime (math.md 5b): `start`, `step` and `predict`,
/// which need the number of points. Modules in, modules out; compiled elsewhere.
#pragma once

#include <cstdint>
#include <optional>

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Fields of the recursion.
inline constexpr auto index_field = "index";
inline constexpr auto kernel_field = "kernel";
inline constexpr auto initial_field = "initial";

/// `start`, `step`, `predict`, and `loss` (a step that changes nothing), with f : [points, outputs]. outputs empty: as
/// in the module; another number is for functions that are columns of one matrix (gaussian_start.h).
ir::limit::Module recursion_functions(const ir::limit::Module& module, int64_t points,
                                      std::optional<int64_t> outputs = {});

}  // namespace tpc::passes
