/// \file The library of the language: texts of `def`s that every program can call, compiled in.
#pragma once

#include <vector>

#include "base/embedded_text.h"

namespace tpc::library {

/// All of them, by name.
const std::vector<EmbeddedText>& texts();

}  // namespace tpc::library
