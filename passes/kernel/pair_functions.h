/// \file The functions of pairs of points in the Limit IR module of the kernel regime (math.md 5b): `kernel` and
/// `observe_<i>`, which need no training. Modules in, modules out; compiled elsewhere.
#pragma once

#include <vector>

#include "ir/limit/ir.h"

namespace tpc::passes {

/// Whether the limit is one of a program that adapts to tasks (derive_task_kernel): then observations are functions of
/// values of f.
bool has_tasks(const ir::limit::Module& module);

/// Whether a function of a kernel regime's module is one of pairs of points.
bool is_pair_function(const ir::limit::Module& module, const ir::FunctionKey& key);

/// All functions of pairs, in the order of the module.
std::vector<ir::FunctionKey> pair_functions(const ir::limit::Module& module);

/// What of a limit can be compiled before the data are known: all of a feature-learning limit; of a kernel regime the
/// functions of pairs, because the recursion of f needs the number of points.
ir::limit::Module without_unknown_sizes(const ir::limit::Module& module);

/// One function of pairs of points, with the states it reads.
ir::limit::Module pair_function(const ir::limit::Module& module, const ir::FunctionKey& function);

/// The functions of a limit with tasks that are of values of f: predict, loss, change, step, observe_<i>.
ir::limit::Module task_functions(const ir::limit::Module& module);

/// Whether f starts as a Gaussian process: `kernel` has the result `nngp`.
bool starts_random(const ir::limit::Module& module);

}  // namespace tpc::passes
