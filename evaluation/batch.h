/// \file The data of one call of a program, at finite or infinite width.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tpc::evaluation {

/// For every input field, by Input::name, its values row-major over the input's dimensions; and the sizes of extents.
struct Batch {
  int64_t count = 0;  ///< of the function's extent, where it has only one besides twins
  std::map<std::string, std::vector<double>> fields;
  /// By the dimension's name, before `count`; a twin left out is as its dimension.
  std::map<std::string, int64_t> extents = {};
};

}  // namespace tpc::evaluation
