/// \file Tasks made of groups of examples: a few rows to learn from (support), and rows to be judged by (query).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "evaluation/sources/grouped_examples.h"
#include "evaluation/sources/table.h"

namespace tpc::evaluation {

/// label: the number of the class within the task, from 0.
struct EpisodeRow {
  std::int64_t group = 0, item = 0, label = 0;
};

struct Episode {
  std::vector<EpisodeRow> support, query;
};

/// A finite or endless list of tasks of one shape. Task t is a function of t alone: any thread may make any part.
class Episodes {
 public:
  virtual ~Episodes() = default;
  [[nodiscard]] std::int64_t support_rows() const { return support_rows_; }
  [[nodiscard]] std::int64_t query_rows() const { return query_rows_; }
  /// Labels are below this; 1 where a task is one group.
  [[nodiscard]] std::int64_t ways() const { return ways_; }
  /// Nothing: there are always more.
  [[nodiscard]] std::optional<std::int64_t> count() const { return count_; }
  /// Makes task t, 0 <= t < count. The vectors of `out` are used again.
  virtual void make(std::int64_t t, Episode& out) const = 0;

 protected:
  std::int64_t support_rows_ = 0, query_rows_ = 0, ways_ = 1;
  std::optional<std::int64_t> count_;
};

using EpisodesOrError = std::variant<std::unique_ptr<const Episodes>, FileError>;

struct SampledEpisodes {
  std::int64_t ways = 0, shots = 0, queries = 0;  ///< classes of a task; rows of each class in its two parts
  std::uint64_t seed = 0;
  std::optional<std::int64_t> count;
};

/// Classes are drawn uniformly without replacement, the examples of each likewise, so that no example is in a task
/// twice; labels are a random permutation. Rows are ordered by class, in the order drawn. Errors: a setting that is not
/// positive; fewer classes than `ways`; a class of fewer examples than shots + queries.
EpisodesOrError sample_episodes(std::shared_ptr<const GroupedExamples> examples, const SampledEpisodes& settings);

struct GroupEpisodes {
  std::int64_t shots = 0, queries = 0;  ///< rows of a group in the two parts of its task
  std::optional<std::uint64_t> seed;    ///< nothing: the first rows of a group, in the order of the table
  std::optional<std::int64_t> count;    ///< nothing: as many as there are groups
};

/// Task t is group t modulo the number of groups; with a seed its rows are drawn anew for every t, without replacement.
/// Errors: a setting that is not positive; a group of fewer examples than shots + queries.
EpisodesOrError group_episodes(std::shared_ptr<const GroupedExamples> examples, const GroupEpisodes& settings);

/// The numbers of one field of some rows: [rows, size], row-major.
void fetch_rows(const GroupedExamples& examples, std::size_t field, std::span<const EpisodeRow> rows, double* out);

}  // namespace tpc::evaluation
