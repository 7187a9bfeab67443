/// \file Where the fields of a data set come from: files, and tasks drawn from a table of classes.
#pragma once

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// Seeds are written as numbers, which are exact up to here.
inline constexpr int64_t largest_seed = 1'000'000'000'000'000;

/// `= csv(...)`: fills in what the data set says of its source, and the rows of its groups. False if an error was
/// reported.
bool check_source(Checker& checker, const ast::Expression& source, DataSet& data_set);

}  // namespace tpc::sema
