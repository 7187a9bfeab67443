/// \file Lines about the members of a parameter family, W[2], W[3], ..., as one line about W.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tpc::driver {

using NamedExponents = std::pair<std::string, std::string>;  ///< name of a weight, what is said of it

/// Where the same is said of all members of a family, one line with the family's name, at its first member's place.
std::vector<NamedExponents> collapse_families(const std::vector<NamedExponents>& lines);

}  // namespace tpc::driver
