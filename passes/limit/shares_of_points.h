/// \file Programs of several widths, as they are evaluated at sample points.
///
/// A limit with matrices W [p n, q n] has random variables of vectors of different lengths. Their expectations and
/// covariances (ir/limit/deviation.h) can all be taken over the same M points; but no M x M matrix acts on these like a
/// matrix that is not square: of it and of its transpose, Var(W x) / E[x^2] differ, which traces of W W^T and W^T W do
/// not. So vectors of length r n live on a share of the points, r / r_max: as in a network of width M / r_max whose
/// widest vectors have M coordinates, whose other vectors are padded with zeros, and whose matrices are blocks of
/// square ones. What stands outside of its share is not looked at: products and expectations are taken of vectors times
/// the indicator of their share.
///
/// Shown by: tests/unit/passes/shares_of_points_test.cpp, tests/numeric/several_widths_test.py.
#pragma once

#include "ir/limit/ir.h"

namespace tpc::passes {

/// The module in which all vectors have one length: itself if no Gaussian matrix is other than square. Precondition:
/// the module verifies.
ir::limit::Module on_shares_of_points(const ir::limit::Module& module);

}  // namespace tpc::passes
