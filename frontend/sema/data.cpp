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

/// A file name in quotes; empty if an error was reported.
std::string check_path(Checker& checker, const ast::Expression& expression, const std::string& format) {
  const auto* path = std::get_if<ast::Text>(&expression.node);
  if (path != nullptr && !path->value.empty()) return path->value;
  checker.diagnostics.report(Kind::path_expected, expression.span, {{"format", format}});
  return {};
}

/// `pixels = "pixels.npy", label = "label.npy"`
std::string files_of_fields(const DataSet& data_set, const std::string& format) {
  std::string text;
  for (const DataField& field : data_set.fields) {
    text += (text.empty() ? "" : ", ") + field.name + " = \"" + field.name + "." + format + "\"";
  }
  return text;
}

/// The arguments of a source: one file for all fields, or one for each.
std::vector<ParameterSpec> source_parameters(const ast::Call& call, const DataSet& data_set) {
  std::vector<std::string> names = {"path", "rows"};
  bool each = false;
  for (const DataField& field : data_set.fields) {
    const bool given = std::any_of(call.arguments.begin(), call.arguments.end(), [&](const ast::Argument& argument) {
      return argument.keyword && argument.keyword->text == field.name;
    });
    each = each || (given && field.name != "path" && field.name != "rows");
    names.push_back(field.name);
  }
  if (!each) return {{"path", true}, {"rows", false}};
  std::vector<ParameterSpec> parameters = {{"rows", false}};
  for (size_t i = 2; i < names.size(); ++i) parameters.push_back({names[i], true});
  return parameters;
}

/// csv("train.csv", rows = 1..1400), npy("images.npy") or npy(pixels = "images.npy", label = "labels.npy")
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
  const std::vector<ParameterSpec> parameters = source_parameters(*call, data_set);
  auto bound = bind_arguments(checker, *call, source.span, parameters);
  if (!bound) return;
  data_set.source = form->kind;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters[i].name;
    const ast::Expression* given = bound->at(i);
    if (given == nullptr) continue;
    if (name == "rows") {
      check_row_range(checker, *given, data_set);
    } else if (parameters.front().name == "path") {
      data_set.path = check_path(checker, *given, format.text);
    } else {
      data_set.field_paths[name] = check_path(checker, *given, format.text);
    }
  }
  if (!form->one_field || data_set.fields.size() == 1 || !data_set.field_paths.empty()) return;
  checker.diagnostics.report(Kind::npy_fields, source.span,
                             {{"data", data_set.name},
                              {"count", std::to_string(data_set.fields.size())},
                              {"fields", files_of_fields(data_set, format.text)}});
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
