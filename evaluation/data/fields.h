/// \file The numbers of a data set, field by field, and batches of its examples.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/batch.h"

namespace tpc::evaluation {

/// A field's numbers for every example, row-major [count, size]. Of a group's field: `size` counts those of all rows.
struct LoadedField {
  std::string name;
  int64_t size = 1;
  std::vector<double> values;             ///< none in a set whose examples are made
  bool indices = false;                   ///< the numbers are indices, -1: absent
  std::vector<std::string> columns = {};  ///< what the file calls each of the `size` numbers; empty: nothing
  bool standardized = false;              ///< shifted and scaled (standardize.h)
};

/// Examples that are made when they are asked for: tasks. Any number of threads may ask.
class ExampleMaker {
 public:
  virtual ~ExampleMaker() = default;
  /// The numbers of one example, from 0, in a pass over the set, from 0: those of field i of the set go to fields[i].
  /// Passes may differ in what is drawn.
  virtual void make(int64_t example, int64_t epoch, const std::vector<double*>& fields) const = 0;
  /// What random choices about the example are numbered by: of a word in a text, its place there.
  [[nodiscard]] virtual int64_t place(int64_t example, int64_t epoch) const {
    static_cast<void>(epoch);
    return example;
  }
  /// Of tasks: how many different rows there are to draw theirs from. Empty: no bound is known.
  [[nodiscard]] virtual std::optional<int64_t> different_rows() const { return {}; }
};

/// How many examples an endless set is said to have: more than any training takes.
inline constexpr int64_t endless_count = int64_t{1} << 52;

struct LoadedSet {
  std::string name;
  int64_t count = 0;
  std::vector<LoadedField> fields;
  std::shared_ptr<const ExampleMaker> maker = nullptr;  ///< else the fields have values

  [[nodiscard]] bool endless() const { return count == endless_count; }
  /// How many examples a pass over the set looks at: all, or the first of an endless one.
  [[nodiscard]] int64_t visited() const;
  [[nodiscard]] const LoadedField* field(const std::string& wanted) const;
  /// Row-major [count, size], made if need be. Precondition: the set has an end and the field.
  [[nodiscard]] std::vector<double> values_of(const std::string& field) const;
  /// The given rows (from 0) of every field, each in its pass over the set (`epochs`; empty: all in the first one).
  [[nodiscard]] Batch batch(const std::vector<int64_t>& rows, const std::vector<int64_t>& epochs = {}) const;
  /// The same in the memory of an earlier batch of this set.
  void batch_into(const std::vector<int64_t>& rows, const std::vector<int64_t>& epochs, Batch& batch) const;
  /// Rows [begin, end).
  [[nodiscard]] Batch slice(int64_t begin, int64_t end) const;
};

/// The set of that name. Precondition: it exists.
const LoadedSet& find_set(const std::vector<LoadedSet>& sets, const std::string& name);

}  // namespace tpc::evaluation
