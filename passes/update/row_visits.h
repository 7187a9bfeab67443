/// \file The visits of a training step to rows of a table: the places of its lists of indices, one by one.
#pragma once

#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

/// One place of one list.
struct RowVisit {
  size_t list = 0;
  std::vector<std::pair<ir::DimId, int64_t>> place;
};

/// The dimensions of an index that are lists of known sizes; the others are examples.
std::vector<ir::DimId> list_dims(const ir::tp::Module& module, const ir::Type& index);
/// Every place of the lists of these types, in order.
std::vector<RowVisit> row_visits(const ir::tp::Module& module, const std::vector<ir::Type>& indices);

/// The value at the visit's place of its list; a value without the list's dimensions is its own.
ir::ValueId at_visit(ir::tp::Builder& builder, ir::ValueId list, const RowVisit& visit);
/// 1 at the visit's place of its list, else 0; invalid: the list has one place.
ir::ValueId mark_of(ir::tp::Builder& builder, const RowVisit& visit);
/// 1 where two indices are present and the same, else 0.
ir::ValueId same_row(ir::tp::Builder& builder, ir::ValueId one, ir::ValueId other);

}  // namespace tpc::passes
