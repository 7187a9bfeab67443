/// \file What mutations of programs start from: the examples.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tpc::fuzz {

/// The texts of the .tp files of a folder, by name.
std::vector<std::string> example_programs(const std::filesystem::path& folder);

}  // namespace tpc::fuzz
