/// \file Tasks as a file lists them.
#pragma once

#include <string>

#include "evaluation/sources/episodes.h"

namespace tpc::evaluation {

/// Tasks of a file, with the size of its batches.
struct ReplayedEpisodes {
  std::unique_ptr<const Episodes> episodes;
  std::int64_t tasks_per_batch = 0;
};

/// Reads a table with the columns batch, task, part (support or query), position, class, item, turn and label, a row of
/// a task a line; class and item are numbers of the examples' file. Batches are numbered from 0, tasks from 0 in every
/// batch, positions from 0 in every part, all in order; tasks have equally many rows in each part, batches equally many
/// tasks. `ways`: labels are below it; nothing: the largest label says how many there are.
/// Errors: as of CellReader; a number out of order or out of range; an unknown part, class, turn or item; a part that
/// is missing or of another length; a batch of another length.
std::variant<ReplayedEpisodes, FileError> replay_episodes(std::shared_ptr<const GroupedExamples> examples,
                                                          const std::string& path,
                                                          std::optional<std::int64_t> ways = {});

}  // namespace tpc::evaluation
