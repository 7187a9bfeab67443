/// \file Defs that are checked for each call of them, with what is given there: those that adapt parameters, or read
/// fields of a group that they are given. What steps and rates are numbers is known only then.
#pragma once

#include "frontend/sema/checker.h"
#include "frontend/sema/expressions.h"

namespace tpc::sema {

bool needs_instances(const Checker& checker, const ast::Def& def);

/// The statements of such a def in the place of the call. What it adapts is adapted inside only. Not valid() if an
/// error was reported.
TermId instantiate_call(const ExpressionContext& context, const ast::Call& call, const Definition& definition,
                        Span span);

/// The call as a def of its own, of fields of the data set: the index in Checker::definitions. Its parameters are the
/// fields it reads. One instance for equal calls on data sets with groups of equal sizes. Empty if an error was
/// reported.
std::optional<size_t> instance_for(Checker& checker, const ast::Call& call, const Definition& definition,
                                   const DataSet& data_set, Span span);

/// The same if it has been made before; nothing is reported.
std::optional<size_t> known_instance(const Checker& checker, const ast::Call& call, const DataSet& data_set, Span span);

/// The fields of the data set as arguments: `x`, and `support` with its fields. Argument i is the field fields[i];
/// those that are not in the list are added.
Locals bind_fields(TermBuilder& builder, const DataSet& data_set, std::vector<std::string>& fields);

}  // namespace tpc::sema
