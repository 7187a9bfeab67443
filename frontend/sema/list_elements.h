/// \file Elements of lists, some of which a loop has assigned once for all its iterations (ElementFamily), at numbers
/// and at variables of loops.
#pragma once

#include <optional>
#include <vector>

#include "frontend/sema/locals.h"
#include "frontend/sema/positions.h"
#include "frontend/sema/term_builder.h"

namespace tpc::sema {

/// The element; empty: no assignment has given all these positions a value. Marks the loop that has to be repeated
/// where its iterations depend on each other; then the term is not valid().
std::optional<TermId> list_element(TermBuilder& builder, const List& list, const std::vector<Position>& positions,
                                   Span span);

/// For every index, where the elements lie that have been assigned; empty: there is none.
std::vector<PositionRange> index_ranges(const TermBuilder& builder, const List& list);

/// Assigns the element, with the variable of a loop among its indices. `open_loops`: those around it that are being
/// read.
void assign_family(TermBuilder& builder, List& list, const std::vector<Position>& positions, TermId value,
                   const std::vector<size_t>& open_loops);

/// Makes elements of their own of those that loops have assigned, so that single ones can be assigned.
void write_out_families(TermBuilder& builder, List& list, Span span);

}  // namespace tpc::sema
