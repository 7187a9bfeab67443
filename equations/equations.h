/// \file Limit IR -> printed equations: which values get a symbol and which are written out where they are used.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "equations/derive.h"
#include "equations/math.h"
#include "ir/limit/ir.h"

namespace tpc::equations {

/// The letter a finite dimension is summed and indexed by: the batch is i, the others bear their own names.
std::string index_letter(const ir::limit::Module& module, ir::DimId dim);
/// Another letter of the same dimension: in a history, and where a sum stands beside a factor with the index.
std::string other_letter(const ir::limit::Module& module, ir::DimId dim);
/// A letter of the dimension that is none of these.
std::string free_letter(const ir::limit::Module& module, ir::DimId dim, const std::set<std::string>& taken);

/// The law of every state at t = 0 (with that subscript, or without) and the power of n that was divided out.
math::Section states_section(const ir::limit::Module& module, const std::string& time);
/// Cov(hatZ^{W u}, hatZ^{W v}) for all u, v that meet W (or W^T).
math::Equation covariance_equation(const ir::limit::Module& module, ir::StateId matrix, bool transposed);
/// sigma^2 as the user wrote sigma: 1.4^2, not 1.9599999999999997.
math::Math variance(const ir::State& state);
/// Of what an initial matrix makes of a vector (ir/limit/deviation.h).
math::Math variance_of_product(const ir::State& matrix, bool transposed);
/// The heading of an observation: `observe gram(z2) on test`, or the function's name where that is not known.
std::string observation_title(const ir::limit::Function& function, const Evaluation& evaluation);
math::Section vanishing_section(const ir::limit::Module& module);

/// The module's states, forward pass, Gaussian families, training step and vanishing terms, in reading order;
/// of a module in the kernel regime see kernel_equations.h.
std::vector<math::Section> write_equations(const ir::limit::Module& module, const Evaluation& evaluation = {});

}  // namespace tpc::equations
