/// \file Where the fields of a data set come from: files, and tasks drawn from a table of classes.
#pragma once

#include <string>
#include <vector>

#include "frontend/sema/checker.h"

namespace tpc::sema {

/// Seeds are written as numbers, which are exact up to here.
inline constexpr int64_t largest_seed = 1'000'000'000'000'000;

/// `= csv(...)`: fills in what the data set says of its source, and the rows of its groups. False if an error was
/// reported.
bool check_source(Checker& checker, const ast::Expression& source, DataSet& data_set);

/// One of several sources of a data set: `part` has its fields alone, `whole` those of the parts before it, too.
bool check_part(Checker& checker, const ast::Expression& source, DataSet& part, const DataSet& whole);

// What sources have in common.

/// `rows = 1..1400`; reports what is no range.
void check_row_range(Checker& checker, const ast::Expression& rows, DataSet& data_set);

/// A file name in quotes; empty if an error was reported.
std::string check_path(Checker& checker, const ast::Expression& expression, const std::string& format);

/// The groups of a data set in the order of their first fields.
std::vector<std::string> groups_of(const DataSet& data_set);

/// Whether it has rows of numbers, read from files or written in the program.
bool has_rows(const DataSet& data_set);

/// The dimension that counts the rows of a group.
void add_row_dimension(Checker& checker, DataSet& data_set, const std::string& group, int64_t size);

}  // namespace tpc::sema
