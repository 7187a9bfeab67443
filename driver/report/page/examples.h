/// \file Few examples, in the order of their targets: what Gram matrices and kernels are shown of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "driver/session.h"

namespace tpc::driver::page {

/// So many make a picture that can be read.
inline constexpr int64_t most_shown_examples = 60;

/// Examples that stand together: of one class or one data set.
struct ExampleGroup {
  std::string name;
  size_t count = 0;
};

struct ChosenExamples {
  LoadedSet set;               ///< their inputs
  std::vector<size_t> points;  ///< their numbers among all examples of `shown_sets`, one set after the other
  std::vector<ExampleGroup> groups;
  std::string description;  ///< "60 of the 397 examples of test, by label"
};

/// Of the first data set that is not trained on, or of all sets, if that has less than twenty; evenly over the targets,
/// sorted by them. Empty: no set has an end and the network's inputs.
ChosenExamples choose_examples(const Session& session);

/// The training set, then the others that outputs are recorded on: the order of the points of a kernel.
std::vector<const LoadedSet*> shown_sets(const Session& session);

}  // namespace tpc::driver::page
