/// \file Finite widths against the limit: networks of several widths beside the infinitely wide one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evaluation/experiment/convergence.h"
#include "evaluation/experiment/infinite_width.h"
#include "evaluation/experiment/patience.h"
#include "evaluation/width/width_run.h"

namespace tpc::evaluation {

struct ComparisonSettings {
  std::vector<int64_t> widths;  ///< in any order, repetitions allowed
  int64_t seeds = 0;            ///< networks of each width; 0: 3, or 16 if they start from a random function
  EvaluationSettings limit;     ///< seed and threads are the networks' too
  Patience patience = {};       ///< for the networks
};

struct ComparedWidth {
  WidthDifference difference;
  Trajectory mean;                   ///< over the networks of this width
  std::vector<Trajectory> networks;  ///< each of them
};

struct Comparison {
  InfiniteWidthRun limit;
  Trajectory reference;               ///< what networks, or with a random start their means, tend to
  bool random_start = false;          ///< of the limit
  std::vector<ComparedWidth> widths;  ///< in increasing order
  std::optional<PowerFit> fit;
  double seconds = 0.0;  ///< of the finite networks
  bool interrupted = false;
  std::optional<Divergence> diverged;  ///< of the limit or of a network; what was finished before it is here
};

/// Empty after a user error; errors and warnings are in the problem's diagnostics. Diverged: an error is reported.
std::optional<Comparison> compare(const Problem& problem, const DerivedProgram& program,
                                  const ir::tp::Module& training_step, const ComparisonSettings& settings);

/// In increasing order, each once.
std::vector<int64_t> distinct_widths(std::vector<int64_t> widths);

}  // namespace tpc::evaluation
