/// \file The table of a sweep (--csv): a row for every finished point, with what it comes from, by which a later sweep
/// of the same knows it again.
#pragma once

#include <string>
#include <vector>

#include "driver/sweep/points.h"

namespace tpc::driver {

/// What the rows say beside results.
struct SweepTable {
  const Options& options;
  const Provenance& provenance;
  const std::vector<SweepPoint>& points;
  std::vector<std::string> fingerprints;  ///< by point

  SweepTable(const Options& sweep, const Provenance& from, const std::vector<SweepPoint>& all);

  /// Columns: the settings, param, width, status (ok, diverged), step (of the divergence), loss, loss_on_SET,
  /// accuracy_on_SET, each with its _stderr, seconds, seed, tpc (the version), fingerprint, files (names and hashes).
  [[nodiscard]] std::string text(const PointResults& results) const;

  /// Fills in what stands in the file; if there is none, nothing. Returns why the file is none of this sweep; empty: it
  /// is.
  [[nodiscard]] std::string read(const std::string& path, PointResults& results) const;
};

}  // namespace tpc::driver
