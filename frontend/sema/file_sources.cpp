#include "frontend/sema/file_sources.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/data_sources.h"
#include "frontend/sema/network.h"

namespace tpc::sema {
namespace {

using diag::Kind;

const FileForm forms[] = {
#define TPC_DATA_SOURCE(kind, one_field) {#kind, SourceKind::kind, one_field},
#include "frontend/sema/data_sources.def"
};

/// Arguments that are no field, whatever the fields are called.
const std::string path_argument = "path", rows_argument = "rows", standardize_argument = "standardize";

/// `pixels = "pixels.npy", label = "label.npy"`
std::string files_of_fields(const DataSet& data_set, const std::string& format) {
  std::string text;
  for (const DataField& field : data_set.fields) {
    text += (text.empty() ? "" : ", ") + field.name + " = \"" + field.name + "." + format + "\"";
  }
  return text;
}

bool is_given(const ast::Call& call, const std::string& keyword) {
  return std::ranges::any_of(call.arguments, [&](const ast::Argument& argument) {
    return argument.keyword && argument.keyword->text == keyword;
  });
}

/// What the arguments named after fields say: nothing is said of fields, their columns in one file, a file for each.
enum class FieldArguments { none, columns, files };

FieldArguments field_arguments_of(const ast::Call& call, const FileForm& form, const std::vector<std::string>& fields) {
  const bool any = std::ranges::any_of(fields, [&](const std::string& field) { return is_given(call, field); });
  if (!any) return FieldArguments::none;
  const bool one_file = is_given(call, path_argument) || (!call.arguments.empty() && !call.arguments.front().keyword);
  return one_file && !form.one_field ? FieldArguments::columns : FieldArguments::files;
}

std::vector<ParameterSpec> parameters_of(FieldArguments kind, const std::vector<std::string>& fields) {
  std::vector<ParameterSpec> parameters;
  if (kind != FieldArguments::files) parameters.push_back({path_argument, true});
  parameters.push_back({rows_argument, false});
  if (kind != FieldArguments::none) {
    for (const std::string& field : fields) parameters.push_back({field, true});
  }
  parameters.push_back({standardize_argument, false});
  return parameters;
}

std::string name_of_column(const ast::Expression& expression) {
  const auto* text = std::get_if<ast::Text>(&expression.node);
  return text != nullptr ? text->value : "";
}

/// "age", "p0".."p63", or a list of such. Empty if an error was reported.
std::vector<NamedColumns> check_columns(Checker& checker, const ast::Expression& expression, const DataField& field) {
  std::vector<const ast::Expression*> entries = {&expression};
  if (const auto* list = std::get_if<ast::Bracket>(&expression.node)) {
    entries.clear();
    for (const ast::ExpressionPtr& entry : list->entries) entries.push_back(entry.get());
  }
  std::vector<NamedColumns> columns;
  bool counted = true;  // how many a range has is known from the file
  for (const ast::Expression* entry : entries) {
    const auto* range = std::get_if<ast::Range>(&entry->node);
    NamedColumns named{name_of_column(range != nullptr ? *range->first : *entry),
                       range != nullptr ? name_of_column(*range->last) : ""};
    counted = counted && range == nullptr;
    if (named.first.empty() || (range != nullptr && named.last.empty())) {
      checker.diagnostics.report(Kind::columns_expected, entry->span, {{"field", field.name}});
      return {};
    }
    columns.push_back(std::move(named));
  }
  if (!counted || static_cast<int64_t>(columns.size()) == field.size) return columns;
  checker.diagnostics.report(Kind::column_count, expression.span,
                             {{"field", field.name},
                              {"size", field.size == 1 ? "one column" : std::to_string(field.size) + " columns"},
                              {"found", columns.size() == 1 ? "one is" : std::to_string(columns.size()) + " are"}});
  return {};
}

/// standardize = train; inside of `train` it is the set itself.
std::string check_standardize(Checker& checker, const ast::Expression& expression, const DataSet& data_set) {
  const auto* reference = std::get_if<ast::Reference>(&expression.node);
  if (reference == nullptr) {
    checker.diagnostics.report(Kind::data_set_expected, expression.span);
    return {};
  }
  if (reference->name.text == data_set.name) return data_set.name;
  const DataSet* by = find_data_set(checker, reference->name);
  return by != nullptr ? by->name : "";
}

/// Reports the first field that is to be scaled and that the other data set lacks.
void check_scales(Checker& checker, const DataSet& data_set) {
  for (const DataSet& part : data_set.parts) check_scales(checker, part);
  if (data_set.standardized_by.empty() || data_set.standardized_by == data_set.name) return;
  const auto by = std::ranges::find(checker.program.data_sets, data_set.standardized_by, &DataSet::name);
  for (const DataField& field : data_set.fields) {
    if (!is_standardized(checker.program, field)) continue;
    const DataField* other = find_field(*by, field.name);
    if (other != nullptr && other->dims == field.dims && has_rows(*by)) continue;
    checker.diagnostics
        .report(Kind::cannot_standardize, data_set.span,
                {{"data", data_set.name}, {"by", by->name}, {"field", field.name}})
        .note("declared here", by->span);
    return;
  }
}

}  // namespace

std::span<const FileForm> file_forms() { return forms; }

void check_files(Checker& checker, const ast::Call& call, Span span, const FileForm& form, DataSet& data_set) {
  std::vector<std::string> fields;
  for (const DataField& field : data_set.fields) {
    const bool taken = field.name == path_argument || field.name == rows_argument || field.name == standardize_argument;
    if (!taken) fields.push_back(field.name);
  }
  const FieldArguments kind = field_arguments_of(call, form, fields);
  const std::vector<ParameterSpec> parameters = parameters_of(kind, fields);
  const auto bound = bind_arguments(checker, call, span, parameters);
  if (!bound) return;
  data_set.source = form.kind;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters[i].name;
    const ast::Expression* given = bound->at(i);
    if (given == nullptr) continue;
    if (name == rows_argument) {
      check_row_range(checker, *given, data_set);
    } else if (name == standardize_argument) {
      data_set.standardized_by = check_standardize(checker, *given, data_set);
    } else if (name == path_argument) {
      data_set.path = check_path(checker, *given, form.name);
    } else if (kind == FieldArguments::columns) {
      data_set.columns[name] = check_columns(checker, *given, *find_field(data_set, name));
    } else {
      data_set.field_paths[name] = check_path(checker, *given, form.name);
    }
  }
  // Indices stand side by side in one array, as numbers of one type.
  const bool indices = std::ranges::none_of(data_set.fields, &std::string::empty, &DataField::space);
  if (!form.one_field || indices || data_set.fields.size() == 1 || !data_set.field_paths.empty()) return;
  checker.diagnostics.report(Kind::npy_fields, span,
                             {{"data", data_set.name},
                              {"count", std::to_string(data_set.fields.size())},
                              {"fields", files_of_fields(data_set, form.name)}});
}

void check_standardization(Checker& checker) {
  for (const DataSet& data_set : checker.program.data_sets) check_scales(checker, data_set);
}

}  // namespace tpc::sema
