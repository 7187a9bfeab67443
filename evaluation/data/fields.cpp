#include "evaluation/data/fields.h"

#include <algorithm>

#include "base/diag/check.h"

namespace tpc::evaluation {

const LoadedField* LoadedSet::field(const std::string& wanted) const {
  for (const LoadedField& candidate : fields) {
    if (candidate.name == wanted) return &candidate;
  }
  return nullptr;
}

Batch LoadedSet::batch(const std::vector<int64_t>& rows) const {
  Batch result{static_cast<int64_t>(rows.size()), {}};
  for (const LoadedField& source : fields) {
    std::vector<double>& values = result.fields[source.name];
    values.reserve(rows.size() * static_cast<size_t>(source.size));
    for (int64_t row : rows) {
      const double* begin = source.values.data() + row * source.size;
      values.insert(values.end(), begin, begin + source.size);
    }
  }
  return result;
}

Batch LoadedSet::slice(int64_t begin, int64_t end) const {
  Batch result{end - begin, {}};
  for (const LoadedField& source : fields) {
    const double* first = source.values.data() + begin * source.size;
    result.fields[source.name].assign(first, first + (end - begin) * source.size);
  }
  return result;
}

const LoadedSet& find_set(const std::vector<LoadedSet>& sets, const std::string& name) {
  const auto found = std::find_if(sets.begin(), sets.end(), [&](const LoadedSet& set) { return set.name == name; });
  TPC_CHECK(found != sets.end(), "no data set named " + name);
  return *found;
}

}  // namespace tpc::evaluation
