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
};

}  // namespace tpc::evaluation
