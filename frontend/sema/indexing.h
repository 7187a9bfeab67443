/// \file `x[i]`: elements of values and lists, members of parameter families, ranges of lists.
#pragma once

#include "frontend/sema/expressions.h"

namespace tpc::sema {

/// A range makes one value of its elements: the first axis counts them. Not valid() if an error was reported.
TermId check_index(const ExpressionContext& context, const ast::Index& index, Span span);

/// The index of a list element or of a family's member, a constant. Empty if an error was reported.
std::optional<int64_t> check_position(const ExpressionContext& context, const ast::Expression& index,
                                      const std::string& of);

/// "W[2]"
std::string element_name(const std::string& name, int64_t index);

}  // namespace tpc::sema
