#include "evaluation/data/standardize.h"

#include <algorithm>
#include <cmath>

#include "fmt/format.h"

namespace tpc::evaluation {
namespace {

bool names_set(const sema::DataSet& set, const std::string& name) {
  return set.standardized_by == name ||
         std::ranges::any_of(set.parts, [&](const sema::DataSet& part) { return part.standardized_by == name; });
}

/// Calls f(column, value) for all numbers of a field, in the order in which they lie.
template <class F>
void for_each_number(const LoadedField& field, F&& f) {
  const auto size = static_cast<size_t>(field.size);
  for (size_t i = 0; i < field.values.size(); ++i) f(i % size, field.values[i]);
}

/// Deviations from the mean in a second pass: columns of years have a large mean and a small deviation. In units of the
/// largest one, whose square may not be a number.
std::vector<ColumnScale> scales_of(const LoadedField& field) {
  std::vector<ColumnScale> scales(static_cast<size_t>(field.size));
  const double count = static_cast<double>(field.values.size()) / static_cast<double>(field.size);
  for_each_number(field, [&](size_t column, double value) { scales[column].mean += value / count; });
  std::vector<double> largest(scales.size(), 0.0), squares(scales.size(), 0.0);
  std::vector<bool> varies(scales.size(), false);
  for_each_number(field, [&](size_t column, double value) {
    largest[column] = std::max(largest[column], std::abs(value - scales[column].mean));
    varies[column] = varies[column] || value != field.values[column];
  });
  for_each_number(field, [&](size_t column, double value) {
    if (varies[column]) squares[column] += std::pow((value - scales[column].mean) / largest[column], 2) / count;
  });
  for (size_t i = 0; i < scales.size(); ++i) {
    scales[i] = varies[i] ? ColumnScale{scales[i].mean, largest[i] * std::sqrt(squares[i]), false}
                          : ColumnScale{field.values[i], 1.0, true};
  }
  return scales;
}

}  // namespace

std::map<std::string, std::string> standardized_fields(const sema::Program& program, const sema::DataSet& set) {
  std::map<std::string, std::string> fields;
  const auto add = [&](const sema::DataSet& source) {
    if (source.standardized_by.empty()) return;
    for (const sema::DataField& field : source.fields) {
      if (sema::is_standardized(program, field)) fields[field.name] = source.standardized_by;
    }
  };
  add(set);
  std::ranges::for_each(set.parts, add);
  return fields;
}

bool gives_scales(const sema::Program& program, const sema::DataSet& set) {
  return std::ranges::any_of(program.data_sets, [&](const sema::DataSet& other) { return names_set(other, set.name); });
}

FieldScales column_scales(const LoadedSet& set) {
  FieldScales scales;
  for (const LoadedField& field : set.fields) {
    if (!field.indices) scales[field.name] = scales_of(field);
  }
  return scales;
}

void report_constant_columns(const sema::Program& program, const sema::DataSet& set, const LoadedSet& loaded,
                             const FieldScales& scales, diag::Engine& diagnostics) {
  std::vector<std::string> columns;
  for (const sema::DataField& declared : set.fields) {
    const LoadedField* field = loaded.field(declared.name);
    if (field == nullptr || !sema::is_standardized(program, declared)) continue;
    const std::vector<ColumnScale>& of_field = scales.at(field->name);
    for (size_t i = 0; i < of_field.size(); ++i) {
      if (!of_field[i].constant) continue;
      columns.push_back(fmt::format("{} (always {:g})", name_of_column(*field, i), of_field[i].mean));
    }
  }
  if (columns.empty()) return;
  constexpr size_t most_named = 3;
  const size_t others = columns.size() - std::min(columns.size(), most_named);
  columns.resize(columns.size() - others);
  diagnostics.report(diag::Kind::constant_columns, set.span,
                     {{"set", set.name},
                      {"columns", fmt::format("{}{}", fmt::join(columns, ", "),
                                              others == 0 ? "" : fmt::format(" and {} more", others))}});
}

void standardize(LoadedSet& set, const std::string& field, const std::vector<ColumnScale>& scales) {
  const auto found = std::ranges::find(set.fields, field, &LoadedField::name);
  found->standardized = true;
  for (size_t i = 0; i < found->values.size(); ++i) {
    const ColumnScale& scale = scales[i % scales.size()];
    found->values[i] = (found->values[i] - scale.mean) / scale.deviation;
  }
}

std::string name_of_column(const LoadedField& field, size_t index) {
  if (index < field.columns.size() && !field.columns[index].empty()) {
    return fmt::format("column `{}`", field.columns[index]);
  }
  return field.size == 1 ? fmt::format("`{}`", field.name) : fmt::format("number {} of `{}`", index + 1, field.name);
}

}  // namespace tpc::evaluation
