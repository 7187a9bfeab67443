/// \file `standardize = train`: inputs shifted and scaled by the means and standard deviations of the columns of a data
/// set, (x - mean) / deviation. Targets, class indices and indices of rows are left as they are.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "evaluation/data/fields.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// Of one column over the examples of a set: deviation^2 = mean of (x - mean)^2. A constant column: deviation 1, so
/// that it becomes 0 and the same column of another set, where it need not be constant, is only shifted.
struct ColumnScale {
  double mean = 0.0, deviation = 1.0;
  bool constant = false;
};
using FieldScales = std::map<std::string, std::vector<ColumnScale>>;  ///< by field, of each of its numbers
using ScalesBySet = std::map<std::string, FieldScales>;

/// The fields of the set that are scaled, and by which data set.
std::map<std::string, std::string> standardized_fields(const sema::Program& program, const sema::DataSet& set);
/// Whether some data set is standardized by this one.
bool gives_scales(const sema::Program& program, const sema::DataSet& set);

/// Of all fields that are numbers. Precondition: `set` has values and at least one example.
FieldScales column_scales(const LoadedSet& set);
/// Warns of columns that are scaled and constant.
void report_constant_columns(const sema::Program& program, const sema::DataSet& set, const LoadedSet& loaded,
                             const FieldScales& scales, diag::Engine& diagnostics);

void standardize(LoadedSet& set, const std::string& field, const std::vector<ColumnScale>& scales);

/// How to speak of the number at `index` of a field: "column `age`", "number 3 of `pixels`".
std::string name_of_column(const LoadedField& field, size_t index);

}  // namespace tpc::evaluation
