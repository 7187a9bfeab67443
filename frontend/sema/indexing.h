/// \file `x[i]`: elements of values and lists, members of parameter families, ranges of lists, columns `U[:, i]`.
#pragma once

#include "frontend/sema/expressions.h"

namespace tpc::sema {

/// A range makes one value of its elements: the first axis counts them. Not valid() if an error was reported.
TermId check_index(const ExpressionContext& context, const ast::Index& index, Span span);

/// The indices of a list element. Empty if an error was reported, or a loop must be repeated.
std::optional<std::vector<Position>> check_positions(const ExpressionContext& context,
                                                     const std::vector<ast::ExpressionPtr>& indices,
                                                     const std::string& of);

/// Reports, at the first index, a number of indices that is not the one of this list or family. False if it did.
bool check_index_count(Checker& checker, const std::string& name, const std::vector<ast::ExpressionPtr>& indices,
                       size_t expected);

/// "W[2]", "W[2,3]"
std::string element_name(const std::string& name, const std::vector<int64_t>& indices);

}  // namespace tpc::sema
