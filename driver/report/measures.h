/// \file Measures of a run that are a column of their own in tables: losses on data sets, and accuracies beside that
/// which is called the accuracy on the set.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/session.h"

namespace tpc::driver {

struct MeasureColumn {
  std::string name;
  size_t index = 0;    ///< of TrainingPlan::observed and Trajectory::observed
  bool share = false;  ///< an accuracy; else a loss
};
std::vector<MeasureColumn> measure_columns(const TrainingPlan& plan);

/// Its value at a recorded step, with error.
std::string measure_cell(const MeasureColumn& column, const Trajectory& trajectory, size_t recorded);

struct MeasuredShare {
  double share = 0.0;
  double error = 0.0;  ///< nan: there is none
};
/// Of the questions of an observation of analogies; empty: the run has no answers.
std::optional<MeasuredShare> exact_answers(const std::string& analogies, const Trajectory& run);

}  // namespace tpc::driver
