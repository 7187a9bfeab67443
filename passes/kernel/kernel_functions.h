/// \file The Limit IR module of the kernel regime (math.md 5b) taken apart: functions of pairs of points (`kernel`,
/// `observe_<i>`), which need no training, and the recursion of f (`start`, `step`, `predict`), which needs the number
/// of points. Modules in, modules out; compiled elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Gauss-Hermite nodes in each Gaussian direction where an expectation has no closed form: the kernel of a tanh layer
/// at variance 1.5 is off by 1e-4 with 48 and by 1e-5 with 64.
inline constexpr int64_t default_quadrature_nodes = 64;

/// Fields of the recursion.
inline constexpr auto index_field = "index";
inline constexpr auto kernel_field = "kernel";
inline constexpr auto initial_field = "initial";

/// Whether a function of a kernel regime's module is one of pairs of points.
inline bool is_pair_function(const std::string& name) { return name == "kernel" || name.starts_with("observe_"); }

/// What of a limit can be compiled before the data are known: all of a feature-learning limit; of a kernel regime the
/// functions of pairs, because the recursion of f needs the number of points.
ir::limit::Module without_unknown_sizes(const ir::limit::Module& module);

/// One function of pairs of points, with the states it reads.
ir::limit::Module pair_function(const ir::limit::Module& module, const std::string& function);

/// `start`, `step`, `predict`, and `loss` (a step that changes nothing), with f : [points, outputs]. outputs empty: as
/// in the module; another number is for functions that are columns of one matrix (gaussian_start.h).
ir::limit::Module recursion_functions(const ir::limit::Module& module, int64_t points,
                                      std::optional<int64_t> outputs = {});

/// Whether f starts as a Gaussian process: `kernel` has the result `nngp`.
bool starts_random(const ir::limit::Module& module);

/// Whether random variables are left in the module.
bool has_random_variables(const ir::limit::Module& module);

/// Nodes of the Gauss-Hermite sums in the module, the most of any dimension; 0: there are none.
int64_t quadrature_nodes(const ir::limit::Module& module);
/// The same sums with other numbers of nodes: `nodes` in every dimension.
ir::limit::Module with_quadrature_nodes(ir::limit::Module module, int64_t nodes);

/// Whether f_{t+1} is an affine function of f_t and the targets: then mean and covariance over a Gaussian start are
/// known in closed form.
bool is_affine_recursion(const ir::limit::Module& module);

}  // namespace tpc::passes
