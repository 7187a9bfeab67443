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

namespace {

constexpr int64_t visited_of_endless = 256;

struct Visit {
  int64_t example, epoch;
};

/// The examples visit(0), visit(1), ... of a set whose examples are made; these write all numbers of every field.
template <class VisitOf>
void make(const LoadedSet& set, int64_t count, const VisitOf& visit, Batch& result) {
  result.count = count;
  std::vector<double*> places;
  for (const LoadedField& field : set.fields) {
    std::vector<double>& values = result.fields[field.name];
    values.resize(static_cast<size_t>(count * field.size));
    places.push_back(values.data());
  }
  for (int64_t i = 0; i < count; ++i) {
    const auto [example, epoch] = visit(i);
    set.maker->make(example, epoch, places);
    for (size_t field = 0; field < places.size(); ++field) places[field] += set.fields[field].size;
  }
}

}  // namespace

int64_t LoadedSet::visited() const { return endless() ? visited_of_endless : count; }

std::vector<double> LoadedSet::values_of(const std::string& wanted) const {
  TPC_CHECK(!endless() && field(wanted) != nullptr, "no values of " + wanted);
  return maker != nullptr ? slice(0, count).fields.at(wanted) : field(wanted)->values;
}

Batch LoadedSet::batch(const std::vector<int64_t>& rows, const std::vector<int64_t>& epochs) const {
  Batch result;
  batch_into(rows, epochs, result);
  return result;
}

void LoadedSet::batch_into(const std::vector<int64_t>& rows, const std::vector<int64_t>& epochs, Batch& batch) const {
  const auto chosen = static_cast<int64_t>(rows.size());
  if (maker != nullptr) {
    const auto visit = [&](int64_t i) {
      const auto at = static_cast<size_t>(i);
      return Visit{rows[at], epochs.empty() ? 0 : epochs[at]};
    };
    return make(*this, chosen, visit, batch);
  }
  batch.count = chosen;
  for (const LoadedField& source : fields) {
    std::vector<double>& values = batch.fields[source.name];
    values.resize(rows.size() * static_cast<size_t>(source.size));
    double* to = values.data();
    for (int64_t row : rows) to = std::copy_n(source.values.data() + row * source.size, source.size, to);
  }
}

Batch LoadedSet::slice(int64_t begin, int64_t end) const {
  Batch result{end - begin, {}};
  if (maker != nullptr) {
    make(*this, end - begin, [&](int64_t i) { return Visit{begin + i, 0}; }, result);
    return result;
  }
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
