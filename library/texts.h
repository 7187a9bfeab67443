/// \file The library of the language: texts of `def`s that every program can call, compiled in.
#pragma once

#include <vector>

namespace tpc::library {

struct Text {
  const char* name;  ///< "library/convolution.tp"
  const char* text;
};

/// All of them, by name.
const std::vector<Text>& texts();

}  // namespace tpc::library
