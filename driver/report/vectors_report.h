/// \file What was observed of vectors with names: analogies, nearest names, a picture's coordinates.
#pragma once

#include <string>
#include <vector>

#include "driver/report/json_fwd.h"
#include "driver/session.h"

namespace tpc::driver {

/// What the plan observes of vectors and the run has values of.
struct VectorResult {
  const ObservedVectors& observed;
  const Estimates& values;
};
std::vector<VectorResult> vector_results(const TrainingPlan& plan, const Trajectory& trajectory);

/// Adds one key for each to "observe" (README.md: its fields).
void add_vectors_json(Json& json, const TrainingPlan& plan, const Trajectory& trajectory);

/// Small tables; empty without such observations.
std::string vectors_text(const TrainingPlan& plan, const Trajectory& trajectory);

}  // namespace tpc::driver
