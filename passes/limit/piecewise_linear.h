/// \file Programs that are piecewise linear in their initial Gaussian variables together: nonlinearities like relu, |x|
/// and leaky relu, no constants added to random variables, no n x n matrix. Then every random variable is homogeneous
/// of degree one (products like V dz of degree two, derivatives like step of degree zero) and linear, or a polynomial
/// of that degree, within each cone that the kinks cut out of the space of the Gaussians; training keeps it so. Each
/// expectation is one of a quadratic form within each cone, and so a finite sum (evaluation/limit/cones.h).
/// Shown by: tests/unit/evaluation/exact_programs_test.cpp, tests/numeric/one_hidden_layer_test.py.
#pragma once

#include <string>

#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

/// Why the program is not of this kind; empty: it is.
std::string obstacle_to_cones(const ir::limit::Module& module);

/// The function of the arguments of all nonlinearities in `function` that bend or jump: random variables, in the order
/// in which they are computed, under the names "0", "1", ...
ir::FunctionKey kinks_of(const ir::FunctionKey& function);

/// The same program at finitely many points, as a network of that width: random variables are the vectors of their
/// values, and E[x y] is the sum over the points of x y. Besides the functions of the limit it has kinks_of each of
/// them that has kinks. Precondition: obstacle_to_cones is empty.
ir::tp::Module at_points(const ir::limit::Module& module);

}  // namespace tpc::passes
