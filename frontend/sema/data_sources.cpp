#include "frontend/sema/data_sources.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/choices.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/file_sources.h"
#include "frontend/sema/grouped_tasks.h"
#include "frontend/sema/index_sources.h"
#include "frontend/sema/network.h"

namespace tpc::sema {
namespace {

using diag::Kind;

std::vector<std::string> source_names() {
  std::vector<std::string> names;
  for (const FileForm& known : file_forms()) names.emplace_back(known.name);
  for (const char* name : {"episodes", "windows", "negatives"}) names.emplace_back(name);
  return names;
}

// ---- arrays by class and item --------------------------------------------------------------------------------------

bool has_keyword(const ast::Call& call, std::string_view keyword) {
  return std::ranges::any_of(call.arguments, [&](const ast::Argument& argument) {
    return argument.keyword && argument.keyword->text == keyword;
  });
}

/// axes = [class, item]
void check_axes(Checker& checker, const ast::Expression& expression, DataSet& data_set) {
  const auto* list = std::get_if<ast::Bracket>(&expression.node);
  std::vector<std::string> names;
  for (size_t i = 0; list != nullptr && i < list->entries.size(); ++i) {
    const auto* name = std::get_if<ast::Reference>(&list->entries[i]->node);
    names.push_back(name != nullptr ? name->name.text : "");
  }
  const bool two = names.size() == 2 && !names[0].empty() && !names[1].empty() && names[0] != names[1];
  if (!two) {
    checker.diagnostics.report(Kind::axes_expected, expression.span);
    return;
  }
  data_set.items.axes = names;
  const DataField* classes = find_field(data_set, names.front());
  const bool one_array = std::ranges::count_if(data_set.fields, [&](const DataField& field) {
                           return std::ranges::find(names, field.name) == names.end();
                         }) == 1;
  if (classes != nullptr && classes->dims.empty() && one_array) return;
  checker.diagnostics.report(Kind::item_fields, expression.span, {{"data", data_set.name}, {"class", names.front()}});
}

/// where = csv("split.csv", split = "train"), or csv("rows.csv"): all of its rows
void check_where(Checker& checker, const ast::Expression& expression, ItemArray& items) {
  const auto* call = std::get_if<ast::Call>(&expression.node);
  const size_t count = call != nullptr && call->callee.text == "csv" ? call->arguments.size() : 0;
  const auto text = [&](size_t index, bool keyword) -> const ast::Text* {
    const bool there = index < count && call->arguments[index].keyword.has_value() == keyword;
    return there ? std::get_if<ast::Text>(&call->arguments[index].value->node) : nullptr;
  };
  const ast::Text* path = text(0, false);
  const ast::Text* value = text(1, true);
  if (path == nullptr || path->value.empty() || count > 2 || (count == 2 && value == nullptr)) {
    checker.diagnostics.report(Kind::where_expected, expression.span);
    return;
  }
  items.table = path->value;
  if (value == nullptr) return;
  items.column = call->arguments[1].keyword->text;
  items.value = value->value;
}

void check_items(Checker& checker, const ast::Call& call, Span span, DataSet& data_set) {
  const auto bound = bind_arguments(checker, call, span, {{"path"}, {"axes"}, {"where", false}, {"turns", false}});
  if (!bound) return;
  data_set.source = SourceKind::items;
  data_set.path = check_path(checker, *bound->at(0), "npy");
  check_axes(checker, *bound->at(1), data_set);
  if (bound->at(2) != nullptr) check_where(checker, *bound->at(2), data_set.items);
  if (bound->at(3) != nullptr) {
    data_set.items.turns = integer_value(checker, *bound->at(3), "the number of quarter turns", 1, 4).value_or(1);
  }
}

// ---- episodes ------------------------------------------------------------------------------------------------------

/// Support and query; each has fields of the table and a label.
bool check_episode_fields(Checker& checker, const DataSet& table, const DataSet& data_set, Span span) {
  const std::vector<std::string> groups = groups_of(data_set);
  bool valid = groups.size() == 2 && !groups[0].empty() && !groups[1].empty();
  for (const std::string& group : groups) {
    int labels = 0;
    for (const DataField& field : data_set.fields) {
      if (field.group != group || group.empty()) continue;
      const DataField* drawn = find_field(table, field.name.substr(group.size() + 1));
      if (drawn == nullptr) {
        ++labels;
        valid = valid && field.dims.empty();
      } else {
        valid = valid && drawn->dims == field.dims;
      }
    }
    valid = valid && labels <= 1;
  }
  if (!valid) {
    checker.diagnostics.report(Kind::episode_fields, span, {{"data", data_set.name}, {"table", table.name}})
        .note("declared here", table.span);
  }
  return valid;
}

const DataSet* table_of(Checker& checker, const ast::Expression& expression) {
  const auto* reference = std::get_if<ast::Reference>(&expression.node);
  if (reference == nullptr) {
    checker.diagnostics.report(Kind::data_set_expected, expression.span);
    return nullptr;
  }
  const DataSet* table = find_data_set(checker, reference->name);
  if (table == nullptr || table->source == SourceKind::items) return table;
  checker.diagnostics.report(Kind::table_expected, expression.span, {{"data", table->name}})
      .note("declared here", table->span);
  return nullptr;
}

/// Tasks of a file: their sizes are those of the file.
void check_replay(Checker& checker, const ast::Call& call, Span span, DataSet& data_set) {
  const auto bound = bind_arguments(checker, call, span, {{"table"}, {"from"}});
  const DataSet* table = bound ? table_of(checker, *bound->at(0)) : nullptr;
  if (table == nullptr || !check_episode_fields(checker, *table, data_set, span)) return;
  data_set.episodes.table = table->name;
  data_set.episodes.replayed = check_path(checker, *bound->at(1), "csv");
  if (data_set.episodes.replayed.empty()) return;
  for (const std::string& group : groups_of(data_set)) {
    const auto rows = checker.files.rows_of_a_task(data_set.episodes.replayed, group, bound->at(1)->span);
    if (rows) add_row_dimension(checker, data_set, group, *rows);
  }
}

void check_drawn(Checker& checker, const ast::Call& call, Span span, DataSet& data_set) {
  const auto bound =
      bind_arguments(checker, call, span,
                     {{"table"}, {"ways"}, {"shots", false}, {"queries", false}, {"seed", false}, {"count", false}});
  const DataSet* table = bound ? table_of(checker, *bound->at(0)) : nullptr;
  if (table == nullptr || !check_episode_fields(checker, *table, data_set, span)) return;
  const auto number = [&](size_t index, const char* what, int64_t least, int64_t most) -> std::optional<int64_t> {
    if (bound->at(index) == nullptr) return 1;
    return integer_value(checker, *bound->at(index), what, least, most);
  };
  const auto ways = number(1, "the number of classes of a task", 1, limits::task_rows);
  const auto shots = number(2, "the number of shots", 1, limits::task_rows);
  const auto queries = number(3, "the number of queries", 1, limits::task_rows);
  const auto seed = number(4, "a seed", 0, largest_seed);
  if (!ways || !shots || !queries || !seed) return;
  Episodes& episodes = data_set.episodes;
  episodes.table = table->name;
  episodes.ways = *ways, episodes.shots = *shots, episodes.queries = *queries;
  episodes.seed = static_cast<uint64_t>(*seed);
  if (bound->at(5) != nullptr) {
    episodes.count = integer_value(checker, *bound->at(5), "the number of tasks", 1, limits::rows);
  }
  const std::vector<std::string> groups = groups_of(data_set);
  add_row_dimension(checker, data_set, groups[0], *ways * *shots);
  add_row_dimension(checker, data_set, groups[1], *ways * *queries);
}

void dispatch_source(Checker& checker, const ast::Expression& source, DataSet& data_set) {
  const auto* call = std::get_if<ast::Call>(&source.node);
  const ast::Name format = head_of(source);
  if (format.text == "episodes" && call != nullptr) {
    data_set.source = SourceKind::episodes;
    if (has_keyword(*call, "from")) return check_replay(checker, *call, source.span, data_set);
    if (has_keyword(*call, "task")) return check_grouped_tasks(checker, *call, source.span, data_set);
    return check_drawn(checker, *call, source.span, data_set);
  }
  if (format.text == "windows" && call != nullptr) return check_windows(checker, *call, source.span, data_set);
  if (format.text == "negatives" && call != nullptr) {
    checker.diagnostics.report(Kind::fields_of_indices, source.span,
                               {{"data", data_set.name},
                                {"source", "negatives"},
                                {"expected",
                                 "the word they are told apart from comes from another source, "
                                 "`data train : word in words = .., negative[25] in words = negatives(word)`"}});
    return;
  }
  const bool grouped =
      std::ranges::any_of(data_set.fields, [](const DataField& field) { return !field.group.empty(); });
  if (grouped) {
    checker.diagnostics.report(Kind::groups_without_tasks, source.span, {{"data", data_set.name}});
    return;
  }
  const std::string article = "a data source such as `csv(\"data.csv\")`";
  if (check_choice(checker, source, "data source", source_names(), "", article) == nullptr) return;
  const auto form = std::ranges::find(file_forms(), format.text, &FileForm::name);
  if (form->kind == SourceKind::npy && has_keyword(*call, "axes")) {
    return check_items(checker, *call, source.span, data_set);
  }
  check_files(checker, *call, source.span, *form, data_set);
}

/// The call if it is one of this source.
const ast::Call* call_of(const ast::Expression& source, std::string_view name) {
  const auto* call = std::get_if<ast::Call>(&source.node);
  return call != nullptr && call->callee.text == name ? call : nullptr;
}

}  // namespace

bool has_rows(const DataSet& data_set) {
  switch (data_set.source) {
    case SourceKind::inline_rows:
    case SourceKind::csv:
    case SourceKind::npy: return true;
    case SourceKind::parts: return std::ranges::all_of(data_set.parts, has_rows);
    case SourceKind::items:
    case SourceKind::episodes:
    case SourceKind::windows:
    case SourceKind::negatives: break;
  }
  return false;
}

std::vector<std::string> groups_of(const DataSet& data_set) {
  std::vector<std::string> groups;
  for (const DataField& field : data_set.fields) {
    if (std::ranges::find(groups, field.group) == groups.end()) groups.push_back(field.group);
  }
  return groups;
}

void add_row_dimension(Checker& checker, DataSet& data_set, const std::string& group, int64_t size) {
  const std::string name = checker.own_dimension(group, size, false, data_set.span);
  for (DataField& field : data_set.fields) {
    if (field.group == group) field.rows = name;
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

std::string check_path(Checker& checker, const ast::Expression& expression, const std::string& format) {
  const auto* path = std::get_if<ast::Text>(&expression.node);
  if (path != nullptr && !path->value.empty()) return path->value;
  checker.diagnostics.report(Kind::path_expected, expression.span, {{"format", format}});
  return {};
}

bool check_part(Checker& checker, const ast::Expression& source, DataSet& part, const DataSet& whole) {
  const size_t errors = checker.diagnostics.all().size();
  if (const ast::Call* call = call_of(source, "negatives")) {
    check_negatives(checker, *call, source.span, part, whole);
  } else {
    dispatch_source(checker, source, part);
  }
  const bool table = part.source == SourceKind::items || part.source == SourceKind::episodes;
  if (table) {
    checker.diagnostics.report(Kind::fields_of_indices, source.span,
                               {{"data", whole.name},
                                {"source", "several sources"},
                                {"expected", "tasks and tables of classes have one source"}});
  }
  return checker.diagnostics.all().size() == errors;
}

bool check_source(Checker& checker, const ast::Expression& source, DataSet& data_set) {
  const size_t errors = checker.diagnostics.all().size();
  dispatch_source(checker, source, data_set);
  return checker.diagnostics.all().size() == errors;
}

}  // namespace tpc::sema
