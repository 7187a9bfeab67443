#include "frontend/sema/grouped_tasks.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/data_sources.h"
#include "frontend/sema/network.h"

namespace tpc::sema {
namespace {

using diag::Kind;

const DataSet* rows_of(Checker& checker, const ast::Expression& expression) {
  const auto* reference = std::get_if<ast::Reference>(&expression.node);
  if (reference == nullptr) {
    checker.diagnostics.report(Kind::data_set_expected, expression.span);
    return nullptr;
  }
  const DataSet* table = find_data_set(checker, reference->name);
  if (table == nullptr || has_rows(*table)) return table;
  checker.diagnostics.report(Kind::grouped_table_expected, expression.span, {{"data", table->name}})
      .note("declared here", table->span);
  return nullptr;
}

/// Support and query, each with fields of the table.
bool check_grouped_fields(Checker& checker, const DataSet& table, const DataSet& data_set, Span span) {
  const std::vector<std::string> groups = groups_of(data_set);
  const bool two = groups.size() == 2 && !groups[0].empty() && !groups[1].empty();
  const bool valid = two && std::ranges::all_of(data_set.fields, [&](const DataField& field) {
                       const DataField* own = find_field(table, field.name.substr(field.group.size() + 1));
                       return own != nullptr && own->dims == field.dims && own->space == field.space;
                     });
  if (!valid) {
    checker.diagnostics.report(Kind::grouped_task_fields, span, {{"data", data_set.name}, {"table", table.name}})
        .note("declared here", table.span);
  }
  return valid;
}

}  // namespace

void check_grouped_tasks(Checker& checker, const ast::Call& call, Span span, DataSet& data_set) {
  const auto bound =
      bind_arguments(checker, call, span,
                     {{"table"}, {"task"}, {"shots", false}, {"queries", false}, {"seed", false}, {"count", false}});
  const DataSet* table = bound ? rows_of(checker, *bound->at(0)) : nullptr;
  if (table == nullptr || !check_grouped_fields(checker, *table, data_set, span)) return;
  Episodes& episodes = data_set.episodes;
  episodes.table = table->name;
  const auto* reference = std::get_if<ast::Reference>(&bound->at(1)->node);
  const DataField* field = reference != nullptr ? find_field(*table, reference->name.text) : nullptr;
  if (field == nullptr || !field->dims.empty()) {
    checker.diagnostics.report(Kind::task_field_expected, bound->at(1)->span, {{"data", table->name}})
        .note("declared here", table->span);
    return;
  }
  episodes.task = field->name;
  const auto number = [&](size_t index, const char* what, int64_t most) -> std::optional<int64_t> {
    if (bound->at(index) == nullptr) return 1;
    return integer_value(checker, *bound->at(index), what, 1, most);
  };
  const auto shots = number(2, "the number of shots", limits::task_rows);
  const auto queries = number(3, "the number of queries", limits::task_rows);
  if (!shots || !queries) return;
  episodes.shots = *shots, episodes.queries = *queries;
  episodes.seed.reset();
  if (bound->at(4) != nullptr) {
    const auto seed = integer_value(checker, *bound->at(4), "a seed", 0, largest_seed);
    if (seed) episodes.seed = static_cast<uint64_t>(*seed);
  }
  if (bound->at(5) != nullptr) episodes.count = number(5, "the number of tasks", limits::rows);
  const std::vector<std::string> groups = groups_of(data_set);
  add_row_dimension(checker, data_set, groups[0], *shots);
  add_row_dimension(checker, data_set, groups[1], *queries);
}

}  // namespace tpc::sema
