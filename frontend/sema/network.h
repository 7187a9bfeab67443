/// \file Which def is the model: the one that the training loss or an observation applies to data fields, else the last
/// one of the file; and whether data sets have the fields it reads.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// Without such a call the last def is the network. False if there is none, or a call of it has an error.
bool settle_network(Checker& checker);

/// The names of the data fields in a call's arguments. Empty if one is something else.
std::optional<std::vector<std::string>> field_arguments(const ast::Call& call);

/// Whether a call of the def of this symbol, applied to the data set, is the network. Precondition: there is one.
bool is_network_call(const Checker& checker, const ast::Call& call, const Symbol& symbol, const DataSet& data_set,
                     Span span);

/// `net(x)` in a loss or observation. The first such call makes the network; a later one must be the same.
/// Empty if an error was reported.
/// `data_set`: the one it is applied to, for a def that is checked for each call (instances.h).
std::optional<NetworkCall> check_network_call(Checker& checker, const ast::Expression& expression,
                                              const DataSet& data_set);

/// The data set of this name, if there is one without errors; reports otherwise.
const DataSet* find_data_set(Checker& checker, const ast::Name& name);
/// Reports the input fields of the network that the data set lacks or has in another shape.
bool check_network_inputs(Checker& checker, const NetworkCall& network, const DataSet& data_set, Span span);
/// The same question, nothing reported.
bool has_network_inputs(const Checker& checker, const NetworkCall& network, const DataSet& data_set);
const DataField* find_field(const DataSet& data_set, const std::string& name);

/// The result's shape of the network.
const Shape& network_output(const Checker& checker, const NetworkCall& network);

/// At the end of the file: settles the network, checks its inputs and output, warns about parameters it does not use.
void finish_network(Checker& checker);

}  // namespace tpc::sema
