/// \file Rows of an ordinary table as groups: those with the same value of one field.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "evaluation/sources/grouped_examples.h"
#include "evaluation/sources/table.h"

namespace tpc::evaluation {

/// A field's numbers, row-major [rows, size].
struct TableField {
  std::string name;
  std::int64_t size = 1;
  std::vector<double> values;
};

/// Groups in the order in which their values occur first, items in the order of the rows and numbered from 0. The class
/// of a group is its value.
class TableGroups final : public GroupedExamples {
 public:
  /// `file`: to speak of. Errors: there is no such field, or it has more than one number. Precondition: fields of
  /// equally many rows, at least one.
  static std::variant<TableGroups, FileError> make(std::string file, std::vector<TableField> fields,
                                                   const std::string& group_field);

  [[nodiscard]] const std::string& file() const override { return file_; }
  [[nodiscard]] const std::vector<FieldSize>& fields() const override { return sizes_; }
  [[nodiscard]] std::int64_t groups() const override { return static_cast<std::int64_t>(rows_.size()); }
  [[nodiscard]] std::int64_t items(std::int64_t group) const override;
  [[nodiscard]] std::string name(std::int64_t group) const override;
  [[nodiscard]] std::optional<std::int64_t> find_group(std::int64_t class_number, std::int64_t turn) const override;
  [[nodiscard]] std::optional<std::int64_t> find_item(std::int64_t group, std::int64_t number) const override;
  void fetch(std::size_t field, std::int64_t group, std::int64_t item, double* out) const override;

 private:
  std::string file_, group_field_;
  std::vector<TableField> fields_;
  std::vector<FieldSize> sizes_;
  std::vector<std::vector<std::int64_t>> rows_;  ///< by group
  std::vector<double> values_;                   ///< of the group field, by group
  std::map<double, std::int64_t> by_value_;
};

}  // namespace tpc::evaluation
