/// \file A classification, and powers of the width, in words.
#pragma once

#include <string>

#include "passes/mup/faithfulness.h"
#include "passes/width/classify.h"

namespace tpc::driver {

/// "feature-learning, r = 0; the output starts at 0".
std::string verdict(const passes::Classification& classification);

/// "kernel regime", "feature learning".
std::string regime_words(const passes::Classification& classification);

/// "faithful"; "eps dominates: acts as momentum SGD".
std::string faithfulness_words(passes::Faithfulness faithfulness, const ir::OptimizerSettings& optimizer);

/// "n^(-1/2)"; of zero: "exactly 0".
std::string power_words(const std::string& width, const ir::Exponent& exponent);

}  // namespace tpc::driver
