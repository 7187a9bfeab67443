/// \file Many networks of one width, as many at once as there are threads, each on one of them: how an ensemble is
/// trained fastest, as no thread waits for another within a step.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "driver/session.h"
#include "evaluation/training/evaluator.h"
#include "evaluation/width/width_run.h"

namespace tpc::bench {

/// The network of a seed.
using MakeNetwork = std::function<std::unique_ptr<evaluation::Evaluator>(uint64_t seed)>;

struct Ensemble {
  evaluation::WidthRun run;          ///< mean and standard error over the networks; run_seconds: of all of them
  std::vector<double> step_seconds;  ///< of the first network
};

/// settings.threads 0: all cores. Throws std::runtime_error if a network diverges.
Ensemble train_ensemble(const driver::Session& session, const evaluation::WidthSettings& settings,
                        const MakeNetwork& make);

}  // namespace tpc::bench
