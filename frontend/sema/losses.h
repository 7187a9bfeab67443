/// \file The losses of the language (losses.def).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tpc::sema {

/// Those of losses.def, in its order.
enum class Loss {
#define TPC_LOSS(name, targets) name,
#include "frontend/sema/losses.def"
};

/// What a loss compares the output with.
enum class Targets {
  numbers,  ///< one for every output
  classes,  ///< every output is the score of a class: a probability for each, or the index of one
};

std::string_view loss_name(Loss loss);
std::vector<std::string> loss_names();
std::optional<Loss> loss_from_name(std::string_view name);
Targets targets_of(Loss loss);

}  // namespace tpc::sema
