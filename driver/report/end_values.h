/// \file What a run comes to: one number each for its training loss, and losses and accuracies on data sets.
#pragma once

#include <string>
#include <vector>

#include "driver/session.h"

namespace tpc::driver {

struct EndValue {
  enum class Kind { training_loss, set_loss, accuracy } kind = Kind::training_loss;
  std::string set;  ///< the data set; empty: of training
  double value = 0.0;
  double error = 0.0;  ///< standard error; nan: there is none
};

/// The loss of the last step, or the mean over the last tenth with minibatches. Precondition: the run has losses.
EndValue final_training_loss(const TrainingPlan& plan, const Trajectory& run);

/// The training loss, then losses and accuracies by data set, at the last recorded step. Precondition: a run that came
/// to its end.
std::vector<EndValue> end_values(const TrainingPlan& plan, const Trajectory& run);

}  // namespace tpc::driver
