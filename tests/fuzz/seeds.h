/// \file What mutations start from: the examples, and the IR of all their stages.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tpc::fuzz {

/// The texts of the .tp files of a folder, by name.
std::vector<std::string> example_programs(const std::filesystem::path& folder);

/// Printed TP IR and Limit IR of the examples, in several parametrizations.
std::vector<std::string> example_irs(const std::filesystem::path& folder);

}  // namespace tpc::fuzz
