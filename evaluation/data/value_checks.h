/// \file What the numbers of a data field may be: indices within their space, classes within the outputs,
/// probabilities.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "evaluation/data/fields.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

/// How to speak of a row, from 0: "digits.csv, row 12".
using PlaceOfRow = std::function<std::string(size_t)>;

/// Of one data set; everything referred to must outlive this. One wrong number often means a wrong column: one message
/// is enough.
class ValueChecks {
 public:
  ValueChecks(const sema::Program& program, const sema::DataSet& set, diag::Engine& diagnostics)
      : program_(program), set_(set), diagnostics_(diagnostics) {}

  /// `values`: those of `field`.
  void check(const sema::DataField& field, const LoadedField& values, const PlaceOfRow& place);

  /// How many classes there are, if the field holds class indices.
  [[nodiscard]] std::optional<int64_t> classes_of(const std::string& field) const;
  /// Class indices must be whole numbers below the number of outputs.
  void check_classes(const std::string& field, const std::vector<double>& values, int64_t classes,
                     const PlaceOfRow& place);

 private:
  void check_indices(const sema::DataField& field, const LoadedField& values, const PlaceOfRow& place);
  void check_labels(const LoadedField& values, const PlaceOfRow& place);
  void check_distributions(const LoadedField& values, const PlaceOfRow& place);

  const sema::Program& program_;
  const sema::DataSet& set_;
  diag::Engine& diagnostics_;
};

}  // namespace tpc::evaluation
