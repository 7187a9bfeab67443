#include "frontend/sema/data.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/data_sources.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// `word in words`, or a list of indices: `context[..16] in words`.
std::optional<DataField> check_index_field(Checker& checker, const ast::DataField& field, DataField result) {
  const ast::Name& space = *field.space;
  const Symbol* symbol = checker.find(space.text);
  if (symbol == nullptr) {
    checker.report_unknown(space, checker.names_of({SymbolKind::dimension}));
    return std::nullopt;
  }
  if (symbol->kind != SymbolKind::dimension) {
    checker.report_wrong_kind(space, *symbol, "a finite dimension");
    return std::nullopt;
  }
  record_name(checker, space);
  if (!symbol->usable) return std::nullopt;
  result.space = space.text;
  if (!field.shape) return result;
  if (field.shape->entries.size() != 1) {
    checker.diagnostics.report(Kind::index_field_shape, field.shape->span,
                               {{"name", field.name.text}, {"space", space.text}});
    return std::nullopt;
  }
  const auto shape = check_shape(checker, *field.shape, false);
  if (!shape) return std::nullopt;
  result.at_most = field.shape->entries.front().at_most;
  result.size = checker.dimension_size(shape->front());
  result.dims = {checker.own_dimension(result.name, result.size, true, field.name.span)};
  return result;
}

/// One field, `name` as the program calls it: "x", "support.pixels".
std::optional<DataField> check_field(Checker& checker, const ast::DataField& field, const std::string& name,
                                     const DataSet& data_set) {
  for (const DataField& earlier : data_set.fields) {
    if (earlier.name != name) continue;
    checker.diagnostics
        .report(Kind::repeated_declaration, field.name.span, {{"what", "the field `" + earlier.name + "`"}})
        .note("first declared here", earlier.span);
    return std::nullopt;
  }
  DataField result{.name = name, .dims = {}, .span = field.name.span};
  if (field.space) return check_index_field(checker, field, result);
  if (!field.shape) return result;
  for (const ast::ShapeEntry& entry : field.shape->entries) {
    if (!entry.at_most) continue;
    checker.diagnostics.report(Kind::ragged_field, entry.span, {{"name", field.name.text}});
    return std::nullopt;
  }
  auto shape = check_shape(checker, *field.shape, false);
  if (!shape) return std::nullopt;
  for (const std::string& axis : *shape) result.size *= checker.dimension_size(axis);
  result.dims = *shape;
  return result;
}

/// An entry of an inline block that is an index; -1 in a list: absent.
void check_index(Checker& checker, const DataField& field, double value, const ast::Number& number) {
  const int64_t lowest = field.dims.empty() ? 0 : -1, last = checker.dimension_size(field.space) - 1;
  const bool valid = value >= static_cast<double>(lowest) && value <= static_cast<double>(last);
  if (valid && read_integer(number.text)) return;
  report_integer_range(checker, "an index of `" + field.space + "`", lowest, last, number.text, number.span);
}

/// The numbers of an inline block, row by row.
void check_rows(Checker& checker, const ast::Data& data, DataSet& data_set) {
  int64_t columns = 0;
  for (const DataField& field : data_set.fields) columns += field.size;
  std::vector<const DataField*> of_column;
  for (const DataField& field : data_set.fields)
    of_column.insert(of_column.end(), static_cast<size_t>(field.size), &field);
  for (const ast::DataRow& row : data.rows) {
    if (static_cast<int64_t>(row.values.size()) != columns) {
      checker.diagnostics.report(Kind::row_columns, row.span,
                                 {{"data", data_set.name},
                                  {"row", std::to_string(&row - data.rows.data() + 1)},
                                  {"found", std::to_string(row.values.size())},
                                  {"expected", std::to_string(columns)}});
      data_set.rows.resize(data_set.rows.size() + static_cast<size_t>(columns));  // it is a row all the same
      continue;
    }
    for (const ast::Number& number : row.values) {
      auto value = read_number(number.text);
      if (!value) checker.diagnostics.report(Kind::constant_not_finite, number.span);
      const DataField& field = *of_column[static_cast<size_t>(&number - row.values.data())];
      if (value && !field.space.empty()) check_index(checker, field, *value, number);
      data_set.rows.push_back(value.value_or(0.0));
    }
  }
}

/// The fields of a group stand side by side in the data set. False if one is in error.
bool add_field(Checker& checker, const ast::DataField& field, DataSet& data_set) {
  if (field.members.empty()) {
    auto checked = check_field(checker, field, field.name.text, data_set);
    if (checked) data_set.fields.push_back(*checked);
    return checked.has_value();
  }
  const std::string& group = field.name.text;
  bool valid = true;
  const bool known = std::ranges::any_of(
      data_set.fields, [&](const DataField& earlier) { return earlier.group == group || earlier.name == group; });
  if (known) {
    checker.diagnostics.report(Kind::repeated_declaration, field.name.span, {{"what", "the field `" + group + "`"}});
    return false;
  }
  for (const ast::DataField& member : field.members) {
    if (!member.members.empty()) {
      checker.diagnostics.report(Kind::nested_group, member.name.span, {{"name", member.name.text}});
      return false;
    }
    auto checked = check_field(checker, member, group + "." + member.name.text, data_set);
    valid = valid && checked.has_value();
    if (!checked) continue;
    checked->group = group;
    data_set.fields.push_back(*checked);
  }
  return valid;
}

}  // namespace

void check_declaration(Checker& checker, const ast::Data& data) {
  DataSet data_set;
  data_set.name = data.name.text;
  data_set.span = data.name.span;
  bool valid = true;
  for (const ast::DataPart& part : data.parts) {
    const size_t before = data_set.fields.size();
    for (const ast::DataField& field : part.fields) valid = add_field(checker, field, data_set) && valid;
    if (data.parts.size() == 1) break;
    DataSet own;
    own.name = data_set.name, own.span = data_set.span;
    own.fields.assign(data_set.fields.begin() + static_cast<std::ptrdiff_t>(before), data_set.fields.end());
    valid = valid && check_part(checker, *part.source, own, data_set);
    data_set.source = SourceKind::parts;
    data_set.parts.push_back(std::move(own));
  }
  const ast::DataPart& part = data.parts.front();
  if (data.parts.size() > 1) {
    // each part has a source
  } else if (part.source != nullptr) {
    // Fields of a file are what they are, whatever is wrong with the file; tasks have their rows from the source.
    const bool right = valid && check_source(checker, *part.source, data_set);
    const bool groups =
        std::ranges::any_of(data_set.fields, [](const DataField& field) { return !field.group.empty(); });
    const bool tasks = data_set.source == SourceKind::episodes || groups;
    valid = valid && (right || !tasks);
  } else if (data.rows.empty()) {
    checker.report_missing(Kind::empty_data, data.name.span, {{"data", data_set.name}});
  } else if (valid) {
    check_rows(checker, data, data_set);
  }
  Symbol symbol{.kind = SymbolKind::data_set, .index = checker.program.data_sets.size(), .usable = valid};
  if (checker.declare(data.name, symbol)) checker.program.data_sets.push_back(std::move(data_set));
}

}  // namespace tpc::sema
