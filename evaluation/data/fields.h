/// \file The numbers of a data set, field by field, and batches of its examples.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluation/batch.h"

namespace tpc::evaluation {

/// A field's numbers for every example, row-major [count, size].
struct LoadedField {
  std::string name;
  int64_t size = 1;
  std::vector<double> values;
};

struct LoadedSet {
  std::string name;
  int64_t count = 0;
  std::vector<LoadedField> fields;

  [[nodiscard]] const LoadedField* field(const std::string& wanted) const;
  /// The given rows (from 0) of every field.
  [[nodiscard]] Batch batch(const std::vector<int64_t>& rows) const;
  /// Rows [begin, end).
  [[nodiscard]] Batch slice(int64_t begin, int64_t end) const;
};

/// The set of that name. Precondition: it exists.
const LoadedSet& find_set(const std::vector<LoadedSet>& sets, const std::string& name);

}  // namespace tpc::evaluation
