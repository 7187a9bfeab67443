/// \file Panels of `tpc compare` whose axis is the width.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/report/plot/compare_curves.h"
#include "driver/report/plot/svg.h"
#include "evaluation/experiment/compare.h"

namespace tpc::driver {

/// Distances of outputs to the limit, with the slope n^{-1/2} and the fitted one.
std::string distance_panel(svg::Panel::Place place, const std::string& title, const std::string& width_name,
                           const std::vector<ComparedWidth>& widths, const std::optional<PowerFit>& fit);

/// A number at the end of training, of every width and of the limit.
struct FinalValues {
  struct Value {
    double value = 0.0, error = 0.0;  ///< error: 0 if there is none; not finite: the run came to no recorded step
  };
  std::string title;
  std::vector<Value> widths;
  Value limit;
};

/// What is shown of runs without recorded outputs: exact answers to analogies if they are observed, else the accuracy
/// or the loss that the other panels show. Empty: nothing was measured.
std::optional<FinalValues> final_values(const TrainingPlan& plan, const CurveChoice& choice, const Trajectory& limit,
                                        const std::vector<ComparedWidth>& widths);

/// The limit as a horizontal line.
std::string value_panel(svg::Panel::Place place, const std::string& title, const std::string& width_name,
                        const std::vector<ComparedWidth>& widths, const FinalValues& values);

}  // namespace tpc::driver
