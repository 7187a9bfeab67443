#include "evaluation/sources/table_groups.h"

#include <algorithm>
#include <charconv>

namespace tpc::evaluation {

std::variant<TableGroups, FileError> TableGroups::make(std::string file, std::vector<TableField> fields,
                                                       const std::string& group_field) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const TableField& field) { return field.name == group_field; });
  if (found == fields.end()) return FileError{file, 0, 0, "has no field `" + group_field + "` to group rows by"};
  if (found->size != 1) return FileError{file, 0, 0, "rows are grouped by one number; `" + group_field + "` has more"};
  TableGroups groups;
  for (std::size_t row = 0; row < found->values.size(); ++row) {
    const double value = found->values[row];
    const auto [entry, added] = groups.by_value_.try_emplace(value, groups.groups());
    if (added) {
      groups.rows_.emplace_back();
      groups.values_.push_back(value);
    }
    groups.rows_[static_cast<std::size_t>(entry->second)].push_back(static_cast<std::int64_t>(row));
  }
  for (const TableField& field : fields) groups.sizes_.push_back({field.name, field.size});
  groups.file_ = std::move(file);
  groups.group_field_ = group_field;
  groups.fields_ = std::move(fields);
  return groups;
}

std::int64_t TableGroups::items(std::int64_t group) const {
  return static_cast<std::int64_t>(rows_[static_cast<std::size_t>(group)].size());
}

std::string TableGroups::name(std::int64_t group) const {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, values_[static_cast<std::size_t>(group)]);
  return group_field_ + " " + std::string(text, end);
}

std::optional<std::int64_t> TableGroups::find_group(std::int64_t class_number, std::int64_t turn) const {
  const auto found = by_value_.find(static_cast<double>(class_number));
  if (found == by_value_.end() || turn != 0) return std::nullopt;
  return found->second;
}

std::optional<std::int64_t> TableGroups::find_item(std::int64_t group, std::int64_t number) const {
  if (number < 0 || number >= items(group)) return std::nullopt;
  return number;
}

void TableGroups::fetch(std::size_t field, std::int64_t group, std::int64_t item, double* out) const {
  const std::int64_t at = rows_[static_cast<std::size_t>(group)][static_cast<std::size_t>(item)];
  const TableField& from = fields_[field];
  std::copy_n(from.values.data() + at * from.size, from.size, out);
}

}  // namespace tpc::evaluation
