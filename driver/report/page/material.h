/// \file What a report is made of: a classified program and, as far as there are any, its limit, its training, its
/// networks. What could not be had is said in the words of the diagnostics.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/phase_planes.h"
#include "driver/report/page/examples.h"
#include "driver/session.h"
#include "evaluation/experiment/compare.h"
#include "evaluation/experiment/coordinate_check.h"
#include "passes/mup/faithfulness.h"

namespace tpc::driver::page {

/// A vector of the network whose Gram matrix over `Material::examples` is recorded.
struct ObservedFeature {
  std::string name;  ///< "z2"
  std::string key;   ///< of Trajectory::observed
};

struct Material {
  Options options;                          ///< with what was not given decided
  std::unique_ptr<Compilation> classified;  ///< reasons complete
  std::vector<passes::EntrywiseSizes> sizes;
  PhaseSpace phases;

  /// With its limit: the session's, or that of the forward pass. Null: `no_limit` says why.
  const Compilation* derived = nullptr;
  std::unique_ptr<Compilation> forward;  ///< without a train block
  std::string no_limit;

  /// Compiled as far as it goes, with its data. Null: there is nothing to train; `no_training` says why.
  std::unique_ptr<Session> session;
  std::string no_training;

  ChosenExamples examples;
  std::vector<ObservedFeature> features;

  std::optional<Comparison> comparison;  ///< perhaps of no widths
  std::string said_of_training;          ///< warnings, and why something is missing
  std::optional<CoordinateCheck> coordinates;
  std::string said_of_coordinates;
  bool interrupted = false;
};

/// Null after an error in the program, which has been reported on stderr. Everything else that goes wrong is in the
/// result.
std::unique_ptr<Material> gather(const Options& options, Monitor& monitor);

}  // namespace tpc::driver::page
