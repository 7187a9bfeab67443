#include "frontend/sema/data.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/data_sources.h"

namespace tpc::sema {
namespace {

using diag::Kind;

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
  if (!field.shape) return result;
  auto shape = check_shape(checker, *field.shape, false);
  if (!shape) return std::nullopt;
  for (const std::string& axis : *shape) result.size *= checker.dimension_size(axis);
  result.dims = *shape;
  return result;
}

/// The numbers of an inline block, row by row.
void check_rows(Checker& checker, const ast::Data& data, DataSet& data_set) {
  int64_t columns = 0;
  for (const DataField& field : data_set.fields) columns += field.size;
  for (const ast::DataRow& row : data.rows) {
    if (static_cast<int64_t>(row.values.size()) != columns) {
      checker.diagnostics.report(Kind::row_columns, row.span,
                                 {{"data", data_set.name},
                                  {"row", std::to_string(&row - data.rows.data() + 1)},
                                  {"found", std::to_string(row.values.size())},
                                  {"expected", std::to_string(columns)}});
      continue;
    }
    for (const ast::Number& number : row.values) {
      auto value = read_number(number.text);
      if (!value) checker.diagnostics.report(Kind::constant_not_finite, number.span);
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
  const ast::DataPart& part = data.parts.front();
  for (const ast::DataField& field : part.fields) valid = add_field(checker, field, data_set) && valid;
  if (part.source != nullptr) {
    // Fields of a file are what they are, whatever is wrong with the file; tasks have their rows from the source.
    const bool right = valid && check_source(checker, *part.source, data_set);
    const bool tasks = data_set.source == SourceKind::episodes || !data_set.fields.front().group.empty();
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
