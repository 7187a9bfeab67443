/// \file Rows of a table that are trained one after the other within a batch: each meets what the earlier ones have
/// made of it, word2vec's order.
///
/// A loss that reads rows of a table W only in inner products s_k = <w_{t_k}, x_k> is a function of these numbers. Row
/// t_k is visited in the order in which the program reads rows, a list from its first place to its last:
///   g_k = dloss/ds_k at what is then there,  w_{t_k} <- (1 - eta decay) w_{t_k} - eta g_k x_k.
/// At visit k the row is D_k w + sum_x K_{k,x} x, w its value before the step and x the vectors it is multiplied with:
/// D and K are numbers, so that visits cost no more than the numbers they change. All other gradients are those at the
/// rows as visited. Shown by: tests/unit/passes/row_order_test.cpp (a literal loop), tests/numeric/words_test.py.
#pragma once

#include <string>
#include <vector>

#include "ir/tp/ir.h"
#include "passes/update/lazy_rule.h"

namespace tpc::passes {

/// Why rows of the state cannot be trained like this in the module's `loss`, a condition for add_row_order. Empty: they
/// can. The module is simplified (factors stand behind `gather`).
std::string row_order_fault(const ir::tp::Module& module, ir::StateId table);

/// The step's function with its gradients, results and `parts`, those of the gradient by `table`, at the rows as they
/// are visited. Afterwards the parts are in the order of the visits.
struct OrderedRows {
  std::vector<RowGradient>& parts;
  std::vector<ir::ValueId*> values;  ///< everything else that is used of the function from here on
};
/// rate: scalar[], eta of the table.
void order_rows(ir::tp::Builder& builder, ir::StateId table, ir::ValueId rate, double decay, OrderedRows rows);

/// At every index of part number `number`: the product of 1 - shrinkage over the visits that come later and meet the
/// same row.
ir::ValueId later_shrinkage(ir::tp::Builder& builder, const std::vector<RowGradient>& parts, size_t number,
                            ir::ValueId shrinkage);

}  // namespace tpc::passes
