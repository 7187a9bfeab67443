/// \file What the checker records in `Names`, where there are any (Checker::recorded); else each of these does nothing.
#pragma once

#include "frontend/sema/expressions.h"
#include "frontend/sema/names.h"

namespace tpc::sema {

/// A name of the file: a parameter, a dimension, ...
void record_name(const Checker& checker, const ast::Name& name);
/// A name that a fn or def binds, or a field.
void record_local(const ExpressionContext& context, const ast::Name& name, const Binding& binding);
/// The place where a fn or def binds a name. `value`: not valid() if there is none.
void record_binding(const Checker& checker, const TermBuilder& builder, const ast::Name& name, NameKind kind,
                    TermId value = {});
/// The names that an expression itself consists of, not those of its operands: z, the W of W[2], net of net(x) and its
/// arguments that are no more than names.
void record_names(const ExpressionContext& context, const ast::Expression& expression);
/// All names in a statement that is not checked, as what it needs is in error.
void record_unchecked(const ExpressionContext& context, const ast::Statement& statement);
/// The fields in a call of the network.
void record_fields(const Checker& checker, const ast::Call& call, const DataSet& data_set);
/// A value of the network that an observation names.
void record_observed(const Checker& checker, const ast::Name& name, const Body& network);

/// At the end: all declarations, with their types, and what stands in defs that no call has reached.
void finish_names(Checker& checker);

}  // namespace tpc::sema
