#include "evaluation/sources/replayed_episodes.h"

#include <algorithm>
#include <array>

#include "evaluation/sources/cells.h"

namespace tpc::evaluation {
namespace {

class Replayed final : public Episodes {
 public:
  Replayed(std::vector<Episode> list, std::int64_t ways) : list_(std::move(list)) {
    ways_ = ways;
    support_rows_ = static_cast<std::int64_t>(list_.front().support.size());
    query_rows_ = static_cast<std::int64_t>(list_.front().query.size());
    count_ = static_cast<std::int64_t>(list_.size());
  }
  void make(std::int64_t t, Episode& out) const override { out = list_[static_cast<std::size_t>(t)]; }

 private:
  std::vector<Episode> list_;
};

class ReplayReader {
 public:
  ReplayReader(const GroupedExamples& examples, const std::string& path, std::optional<std::int64_t> ways)
      : examples_(examples), path_(path), cells_(path), ways_(ways) {}

  std::variant<ReplayedEpisodes, FileError> read() {
    for (std::size_t i = 0; i < names.size(); ++i) columns_[i] = cells_.column(names[i]).value_or(0);
    while (cells_.next() && add_row()) {
    }
    if (!cells_.error() && list_.empty()) cells_.reject(std::nullopt, "has no tasks");
    if (!cells_.error()) end_batch();
    if (cells_.error()) return *cells_.error();
    const std::int64_t ways = ways_.value_or(largest_label_ + 1);
    return ReplayedEpisodes{std::make_unique<const Replayed>(std::move(list_), ways), tasks_per_batch_};
  }

 private:
  enum Column : std::size_t { batch, task, part, position, class_number, item, turn, label };
  static constexpr std::array<const char*, 8> names = {"batch", "task", "part", "position",
                                                       "class", "item", "turn", "label"};

  bool add_row() {
    if (!start_task()) return false;
    const std::string& name = cells_.cell(columns_[part]);
    if (name != "support" && name != "query")
      return wrong(part, "'" + name.substr(0, 40) + "' is not support or query");
    auto& rows = name == "support" ? list_.back().support : list_.back().query;
    const auto place = number(position);
    if (!place) return false;
    if (*place != static_cast<std::int64_t>(rows.size())) {
      return wrong(position, "position " + std::to_string(*place) + " of " + name + " where " +
                                 std::to_string(rows.size()) + " is expected");
    }
    const auto row = example();
    if (!row) return false;
    rows.push_back(*row);
    last_line_ = cells_.line();
    return true;
  }

  /// Begins a new task, or a new batch with its first task, where the numbers say so.
  bool start_task() {
    const auto new_batch = number(batch), new_task = number(task);
    if (!new_batch || !new_task) return false;
    const bool same_batch = !list_.empty() && *new_batch == batch_;
    if (same_batch && *new_task == task_) return true;
    const bool next_task = same_batch && *new_task == task_ + 1;
    if (!next_task && !(*new_batch == batch_ + 1 && *new_task == 0)) {
      return wrong(*new_batch == batch_ || *new_batch == batch_ + 1 ? task : batch,
                   "task " + std::to_string(*new_task) + " of batch " + std::to_string(*new_batch) +
                       (list_.empty() ? " is not the first, task 0 of batch 0" : " does not follow " + current()));
    }
    if (!list_.empty() && !(next_task ? end_task() : end_batch())) return false;
    if (!next_task) first_of_batch_ = static_cast<std::int64_t>(list_.size());
    batch_ = *new_batch;
    task_ = *new_task;
    list_.emplace_back();
    return true;
  }

  [[nodiscard]] std::string current() const {
    return "task " + std::to_string(task_) + " of batch " + std::to_string(batch_);
  }

  /// The task read last has both parts, of the lengths of the first task.
  bool end_task() {
    const Episode& first = list_.front();
    const Episode& last = list_.back();
    const auto compare = [&](const char* name, std::size_t rows, std::size_t expected) {
      if (rows == 0) return at_end(current() + " has no " + name + " rows");
      if (rows == expected) return true;
      return at_end(current() + " has " + std::to_string(rows) + " " + name + " rows, the first task " +
                    std::to_string(expected));
    };
    return compare("support", last.support.size(), first.support.size()) &&
           compare("query", last.query.size(), first.query.size());
  }

  bool end_batch() {
    if (!end_task()) return false;
    const std::int64_t tasks = static_cast<std::int64_t>(list_.size()) - first_of_batch_;
    if (tasks_per_batch_ == 0) tasks_per_batch_ = tasks;
    if (tasks == tasks_per_batch_) return true;
    return at_end("batch " + std::to_string(batch_) + " has " + std::to_string(tasks) + " tasks, batch 0 " +
                  std::to_string(tasks_per_batch_));
  }

  std::optional<EpisodeRow> example() {
    const auto wanted = number(class_number), number_of_item = number(item), turns = number(turn),
               target = number(label);
    if (!wanted || !number_of_item || !turns || !target) return std::nullopt;
    const auto group = examples_.find_group(*wanted, *turns);
    if (!group) {
      const bool only_turned = examples_.find_group(*wanted, 0).has_value();
      wrong(only_turned ? turn : class_number, "class " + std::to_string(*wanted) +
                                                   (only_turned ? " with turn " + std::to_string(*turns) : "") +
                                                   " is not among the classes of " + examples_.file());
      return std::nullopt;
    }
    const auto found = examples_.find_item(*group, *number_of_item);
    if (!found) {
      wrong(item, "class " + std::to_string(*wanted) + " has no item " + std::to_string(*number_of_item) + " in " +
                      examples_.file());
      return std::nullopt;
    }
    constexpr std::int64_t most_labels = 1 << 20;
    if (*target < 0 || *target >= ways_.value_or(most_labels)) {
      wrong(label,
            "label " + std::to_string(*target) + " is not in 0.." + std::to_string(ways_.value_or(most_labels) - 1));
      return std::nullopt;
    }
    largest_label_ = std::max(largest_label_, *target);
    return EpisodeRow{*group, *found, *target};
  }

  std::optional<std::int64_t> number(Column column) { return cells_.whole(columns_[column]); }
  bool wrong(Column column, std::string message) {
    cells_.reject(columns_[column], std::move(message));
    return false;
  }
  bool at_end(std::string message) {
    cells_.reject_at({path_, last_line_, 0, std::move(message)});
    return false;
  }

  const GroupedExamples& examples_;
  std::string path_;
  CellReader cells_;
  std::optional<std::int64_t> ways_;
  std::array<std::size_t, names.size()> columns_{};
  std::vector<Episode> list_;
  std::int64_t batch_ = -1, task_ = -1, tasks_per_batch_ = 0, first_of_batch_ = 0, largest_label_ = 0;
  std::size_t last_line_ = 0;  ///< of the row before
};

}  // namespace

std::variant<ReplayedEpisodes, FileError> replay_episodes(std::shared_ptr<const GroupedExamples> examples,
                                                          const std::string& path, std::optional<std::int64_t> ways) {
  return ReplayReader(*examples, path, ways).read();
}

}  // namespace tpc::evaluation
