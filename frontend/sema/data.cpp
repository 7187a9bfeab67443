#include "frontend/sema/data.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"

namespace tpc::sema {
namespace {

using diag::Kind;

std::optional<DataField> check_field(Checker& checker, const ast::DataField& field, const DataSet& data_set) {
  for (const DataField& earlier : data_set.fields) {
    if (earlier.name != field.name.text) continue;
    checker.diagnostics
        .report(Kind::repeated_declaration, field.name.span, {{"what", "the field `" + earlier.name + "`"}})
        .note("first declared here", earlier.span);
    return std::nullopt;
  }
  DataField result{field.name.text, {}, 1, field.name.span};
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

void check_row_range(Checker& checker, const ast::Expression& rows, DataSet& data_set) {
  const auto* range = std::get_if<ast::Range>(&rows.node);
  if (range == nullptr) {
    checker.diagnostics.report(Kind::range_expected, rows.span);
    return;
  }
  auto first = integer_value(checker, *range->first, "the first row", 1, limits::rows);
  if (!first) return;
  auto last = integer_value(checker, *range->last, "the last row", *first, limits::rows);
  data_set.first_row = first;
  data_set.last_row = last;
}

struct SourceForm {
  const char* name;
  SourceKind kind;
  bool one_field;
};
constexpr SourceForm source_forms[] = {
#define TPC_DATA_SOURCE(kind, one_field) {#kind, SourceKind::kind, one_field},
#include "frontend/sema/data_sources.def"
};

/// csv("train.csv", rows = 1..1400) or npy("images.npy")
void check_source(Checker& checker, const ast::Expression& source, DataSet& data_set) {
  const auto* call = std::get_if<ast::Call>(&source.node);
  const auto* reference = std::get_if<ast::Reference>(&source.node);
  const ast::Name format = call != nullptr        ? call->callee
                           : reference != nullptr ? reference->name
                                                  : ast::Name{"", source.span};
  const auto* form = std::find_if(std::begin(source_forms), std::end(source_forms),
                                  [&](const SourceForm& candidate) { return format.text == candidate.name; });
  if (form == std::end(source_forms) || call == nullptr) {
    std::vector<std::string> names;
    for (const SourceForm& known : source_forms) names.emplace_back(known.name);
    if (form != std::end(source_forms)) {
      checker.diagnostics.report(Kind::arguments_expected, source.span, {{"name", format.text}});
    } else if (format.text.empty()) {
      checker.report_choice_expected("a data source such as `csv(\"data.csv\")`", source.span, names);
    } else {
      checker.report_unknown_choice("data source", format, names);
    }
    return;
  }
  auto bound = bind_arguments(checker, *call, source.span, {{"path", true}, {"rows", false}});
  if (!bound) return;
  const auto* path = std::get_if<ast::Text>(&bound->at(0)->node);
  if (path == nullptr || path->value.empty()) {
    checker.diagnostics.report(Kind::path_expected, bound->at(0)->span, {{"format", format.text}});
  } else {
    data_set.path = path->value;
  }
  if (bound->at(1) != nullptr) check_row_range(checker, *bound->at(1), data_set);
  data_set.source = form->kind;
  if (form->one_field && data_set.fields.size() != 1) {
    checker.diagnostics.report(Kind::npy_fields, source.span,
                               {{"data", data_set.name}, {"count", std::to_string(data_set.fields.size())}});
  }
}

}  // namespace

void check_declaration(Checker& checker, const ast::Data& data) {
  DataSet data_set;
  data_set.name = data.name.text;
  data_set.span = data.name.span;
  bool valid = true;
  for (const ast::DataField& field : data.fields) {
    auto checked = check_field(checker, field, data_set);
    valid = valid && checked.has_value();
    if (checked) data_set.fields.push_back(*checked);
  }
  if (data.source != nullptr) {
    check_source(checker, *data.source, data_set);
  } else if (data.rows.empty()) {
    checker.report_missing(Kind::empty_data, data.name.span, {{"data", data_set.name}});
  } else if (valid) {
    check_rows(checker, data, data_set);
  }
  Symbol symbol{.kind = SymbolKind::data_set, .index = checker.program.data_sets.size(), .usable = valid};
  if (checker.declare(data.name, symbol)) checker.program.data_sets.push_back(std::move(data_set));
}

}  // namespace tpc::sema
