/// \file Examples in groups, fetched when they are needed: what tasks are drawn from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tpc::evaluation {

struct FieldSize {
  std::string name;
  std::int64_t size = 1;
};

/// Rows of which only the nonzeros are kept: row r has the entries offsets[r] .. offsets[r + 1].
template <class T>
struct SparseRows {
  std::vector<std::int64_t> offsets = {0};
  std::vector<std::int32_t> indices;  ///< increasing within a row
  std::vector<T> values;

  /// Appends the row value_at(0), .., value_at(size - 1).
  template <class ValueAt>
  void append(std::int64_t size, ValueAt&& value_at) {
    const std::size_t before = indices.size();
    indices.resize(before + static_cast<std::size_t>(size));
    values.resize(before + static_cast<std::size_t>(size));
    std::size_t end = before;
    for (std::int64_t i = 0; i < size; ++i) {  // written always, kept if not zero: which ones are is hard to predict
      const auto value = static_cast<T>(value_at(i));
      indices[end] = static_cast<std::int32_t>(i);
      values[end] = value;
      end += value != T{0} ? 1 : 0;
    }
    indices.resize(end);
    values.resize(end);
    offsets.push_back(static_cast<std::int64_t>(end));
  }
  void clear() {
    offsets.assign(1, 0);
    indices.clear();
    values.clear();
  }
};

/// Groups are classes, or rows of a table that agree in one field; items are the examples of a group. Immutable: any
/// number of threads may fetch.
class GroupedExamples {
 public:
  virtual ~GroupedExamples() = default;

  /// The file to speak of in errors.
  [[nodiscard]] virtual const std::string& file() const = 0;
  [[nodiscard]] virtual const std::vector<FieldSize>& fields() const = 0;
  [[nodiscard]] virtual std::int64_t groups() const = 0;
  [[nodiscard]] virtual std::int64_t items(std::int64_t group) const = 0;
  /// How to speak of a group: "class 3, turn 1", "user 7".
  [[nodiscard]] virtual std::string name(std::int64_t group) const = 0;

  /// The group of a class as numbered in the file, turned by so many quarters.
  [[nodiscard]] virtual std::optional<std::int64_t> find_group(std::int64_t class_number, std::int64_t turn) const = 0;
  /// The item of a group by its number in the file.
  [[nodiscard]] virtual std::optional<std::int64_t> find_item(std::int64_t group, std::int64_t number) const = 0;

  /// The numbers of one field of one example: fields()[field].size of them.
  virtual void fetch(std::size_t field, std::int64_t group, std::int64_t item, double* out) const = 0;
  virtual void fetch(std::size_t field, std::int64_t group, std::int64_t item, float* out) const = 0;
  /// Appends them as a row.
  virtual void append(std::size_t field, std::int64_t group, std::int64_t item, SparseRows<double>& out) const = 0;
  virtual void append(std::size_t field, std::int64_t group, std::int64_t item, SparseRows<float>& out) const = 0;
};

}  // namespace tpc::evaluation
