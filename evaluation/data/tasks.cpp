#include "evaluation/data/tasks.h"

#include <algorithm>

#include "base/diag/check.h"
#include "evaluation/sources/array_classes.h"
#include "evaluation/sources/episodes.h"
#include "evaluation/sources/replayed_episodes.h"
#include "evaluation/sources/table_groups.h"

namespace tpc::evaluation {
namespace {

/// What one field of a task holds.
struct Content {
  bool query = false;     ///< of the part that is asked, else of what is learnt from
  bool label = false;     ///< the number of the class within the task, else the field of the drawn examples
  std::size_t drawn = 0;  ///< which field of them
};

class TaskMaker final : public ExampleMaker {
 public:
  TaskMaker(std::shared_ptr<const GroupedExamples> examples, std::unique_ptr<const Episodes> episodes,
            std::vector<Content> contents)
      : examples_(std::move(examples)), episodes_(std::move(episodes)), contents_(std::move(contents)) {}

  /// A list of tasks is the same in every pass; an endless one has just one.
  void make(int64_t example, int64_t, const std::vector<double*>& fields) const override {
    Episode task;
    episodes_->make(example, task);
    for (std::size_t i = 0; i < contents_.size(); ++i) {
      const std::vector<EpisodeRow>& rows = contents_[i].query ? task.query : task.support;
      if (contents_[i].label) {
        std::ranges::transform(rows, fields[i], [](const EpisodeRow& row) { return static_cast<double>(row.label); });
      } else {
        fetch_rows(*examples_, contents_[i].drawn, std::span<const EpisodeRow>(rows), fields[i]);
      }
    }
  }
  [[nodiscard]] std::optional<int64_t> different_rows() const override {
    int64_t rows = 0;
    for (int64_t group = 0; group < examples_->groups(); ++group) rows += examples_->items(group);
    return rows;
  }

 private:
  std::shared_ptr<const GroupedExamples> examples_;
  std::unique_ptr<const Episodes> episodes_;
  std::vector<Content> contents_;
};

/// The field of the table that holds the array's entries.
const sema::DataField& array_field(const sema::DataSet& table) {
  const auto found = std::ranges::find_if(table.fields, [&](const sema::DataField& field) {
    return std::ranges::find(table.items.axes, field.name) == table.items.axes.end();
  });
  TPC_CHECK(found != table.fields.end(), "a table of classes without an array");
  return *found;
}

ArrayClassesSource source_of(const sema::DataSet& table, const TaskFiles& files) {
  ArrayClassesSource source;
  source.field = array_field(table).name;
  source.array = files.array;
  source.axes = table.items.axes;
  source.table = files.table;
  if (!table.items.column.empty()) source.where = {{table.items.column, table.items.value}};
  source.turns = table.items.turns;
  return source;
}

std::variant<std::unique_ptr<const Episodes>, FileError> episodes_of(const sema::Episodes& settings,
                                                                     std::shared_ptr<const GroupedExamples> examples,
                                                                     const std::string& replayed) {
  if (replayed.empty()) {
    return sample_episodes(std::move(examples),
                           {settings.ways, settings.shots, settings.queries, *settings.seed, settings.count});
  }
  auto read = replay_episodes(std::move(examples), replayed);
  if (auto* error = std::get_if<FileError>(&read)) return std::move(*error);
  return std::move(std::get<ReplayedEpisodes>(read).episodes);
}

/// Fields of the first group are those of the support, of the second those of the query. What no field of the examples
/// is called is the label.
std::vector<Content> contents_of(const sema::DataSet& tasks, const GroupedExamples& examples) {
  std::vector<Content> contents;
  for (const sema::DataField& field : tasks.fields) {
    const std::string own = field.name.substr(field.group.size() + 1);
    const auto drawn = std::ranges::find(examples.fields(), own, &FieldSize::name);
    const bool label = drawn == examples.fields().end();
    contents.push_back({field.group != tasks.fields.front().group, label,
                        label ? 0 : static_cast<std::size_t>(drawn - examples.fields().begin())});
  }
  return contents;
}

LoadedSet made_of(const sema::DataSet& tasks, std::shared_ptr<const GroupedExamples> examples,
                  std::unique_ptr<const Episodes> episodes) {
  LoadedSet set;
  set.name = tasks.name;
  set.count = episodes->count().value_or(endless_count);
  const std::string& support = tasks.fields.front().group;
  for (const sema::DataField& field : tasks.fields) {
    const int64_t rows = field.group == support ? episodes->support_rows() : episodes->query_rows();
    set.fields.push_back({sema::input_name(field.name, field.rows), rows * field.size, {}, !field.space.empty()});
  }
  std::vector<Content> contents = contents_of(tasks, *examples);
  set.maker = std::make_shared<const TaskMaker>(std::move(examples), std::move(episodes), std::move(contents));
  return set;
}

}  // namespace

std::variant<LoadedSet, FileError> load_tasks(const sema::DataSet& tasks, const sema::DataSet& table,
                                              const TaskFiles& files) {
  auto loaded = ArrayClasses::load(source_of(table, files));
  if (auto* error = std::get_if<FileError>(&loaded)) return std::move(*error);
  auto examples = std::make_shared<const ArrayClasses>(std::get<ArrayClasses>(std::move(loaded)));
  const int64_t size = examples->fields().front().size;
  if (size != array_field(table).size) {
    return FileError{files.array, 0, 0,
                     "an item has " + std::to_string(size) + " numbers, and the field `" + array_field(table).name +
                         "` " + std::to_string(array_field(table).size)};
  }
  auto drawn = episodes_of(tasks.episodes, examples, files.replayed);
  if (auto* error = std::get_if<FileError>(&drawn)) return std::move(*error);
  return made_of(tasks, std::move(examples), std::get<std::unique_ptr<const Episodes>>(std::move(drawn)));
}

std::variant<LoadedSet, FileError> load_grouped_tasks(const sema::DataSet& tasks, const LoadedSet& table,
                                                      const std::string& place) {
  std::vector<TableField> fields;
  for (const LoadedField& field : table.fields) fields.push_back({field.name, field.size, table.values_of(field.name)});
  auto grouped = TableGroups::make(place, std::move(fields), tasks.episodes.task);
  if (auto* error = std::get_if<FileError>(&grouped)) return std::move(*error);
  auto examples = std::make_shared<const TableGroups>(std::get<TableGroups>(std::move(grouped)));
  const sema::Episodes& settings = tasks.episodes;
  auto episodes = group_episodes(examples, {settings.shots, settings.queries, settings.seed, settings.count});
  if (auto* error = std::get_if<FileError>(&episodes)) return std::move(*error);
  return made_of(tasks, std::move(examples), std::get<std::unique_ptr<const Episodes>>(std::move(episodes)));
}

}  // namespace tpc::evaluation
