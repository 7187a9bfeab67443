#include "evaluation/sources/episodes.h"

#include "evaluation/sources/draws.h"

namespace tpc::evaluation {
namespace {

class Sampled final : public Episodes {
 public:
  Sampled(std::shared_ptr<const GroupedExamples> examples, const SampledEpisodes& settings)
      : examples_(std::move(examples)), settings_(settings) {
    ways_ = settings.ways;
    support_rows_ = ways_ * settings.shots;
    query_rows_ = ways_ * settings.queries;
    count_ = settings.count;
  }

  void make(std::int64_t t, Episode& out) const override {
    thread_local std::vector<std::int64_t> groups, labels, items;
    Draws draws(settings_.seed, DrawPurpose::episode, static_cast<std::uint64_t>(t));
    draws.distinct(ways_, examples_->groups(), groups);
    draws.distinct(ways_, ways_, labels);
    out.support.clear();
    out.query.clear();
    for (std::size_t k = 0; k < groups.size(); ++k) {
      draws.distinct(settings_.shots + settings_.queries, examples_->items(groups[k]), items);
      for (std::size_t i = 0; i < items.size(); ++i) {
        auto& part = static_cast<std::int64_t>(i) < settings_.shots ? out.support : out.query;
        part.push_back({groups[k], items[i], labels[k]});
      }
    }
  }

 private:
  std::shared_ptr<const GroupedExamples> examples_;
  SampledEpisodes settings_;
};

class ByGroup final : public Episodes {
 public:
  ByGroup(std::shared_ptr<const GroupedExamples> examples, const GroupEpisodes& settings)
      : examples_(std::move(examples)), settings_(settings) {
    support_rows_ = settings.shots;
    query_rows_ = settings.queries;
    count_ = settings.count.value_or(examples_->groups());
  }

  void make(std::int64_t t, Episode& out) const override {
    thread_local std::vector<std::int64_t> items;
    const std::int64_t group = t % examples_->groups(), wanted = support_rows_ + query_rows_;
    if (settings_.seed) {
      Draws(*settings_.seed, DrawPurpose::episode, static_cast<std::uint64_t>(t))
          .distinct(wanted, examples_->items(group), items);
    }
    out.support.clear();
    out.query.clear();
    for (std::int64_t i = 0; i < wanted; ++i) {
      auto& part = i < support_rows_ ? out.support : out.query;
      part.push_back({group, settings_.seed ? items[static_cast<std::size_t>(i)] : i, 0});
    }
  }

 private:
  std::shared_ptr<const GroupedExamples> examples_;
  GroupEpisodes settings_;
};

/// Why the examples do not have tasks of so many rows from each group; a huge setting must not overflow either.
std::optional<FileError> too_few(const GroupedExamples& examples, std::int64_t shots, std::int64_t queries,
                                 const std::optional<std::int64_t>& count) {
  const auto error = [&](std::string message) { return FileError{examples.file(), 0, 0, std::move(message)}; };
  if (shots < 1 || queries < 1) return error("a task has at least one row to learn from and one to be judged by");
  if (count && *count < 1) return error("there must be at least one task, not " + std::to_string(*count));
  for (std::int64_t group = 0; group < examples.groups(); ++group) {
    const std::int64_t items = examples.items(group);
    if (shots <= items && queries <= items - shots) continue;
    return error(examples.name(group) + " has " + std::to_string(items) + " examples, fewer than the " +
                 std::to_string(shots) + " + " + std::to_string(queries) + " a task takes from it");
  }
  return std::nullopt;
}

}  // namespace

EpisodesOrError sample_episodes(std::shared_ptr<const GroupedExamples> examples, const SampledEpisodes& settings) {
  if (settings.ways < 1 || settings.ways > examples->groups()) {
    return FileError{examples->file(), 0, 0,
                     "has " + std::to_string(examples->groups()) + " classes; a task cannot have " +
                         std::to_string(settings.ways) + " of them"};
  }
  if (auto error = too_few(*examples, settings.shots, settings.queries, settings.count)) return *error;
  return std::make_unique<const Sampled>(std::move(examples), settings);
}

EpisodesOrError group_episodes(std::shared_ptr<const GroupedExamples> examples, const GroupEpisodes& settings) {
  if (auto error = too_few(*examples, settings.shots, settings.queries, settings.count)) return *error;
  return std::make_unique<const ByGroup>(std::move(examples), settings);
}

void fetch_rows(const GroupedExamples& examples, std::size_t field, std::span<const EpisodeRow> rows, double* out) {
  const std::int64_t size = examples.fields()[field].size;
  for (const EpisodeRow& row : rows) {
    examples.fetch(field, row.group, row.item, out);
    out += size;
  }
}

}  // namespace tpc::evaluation
