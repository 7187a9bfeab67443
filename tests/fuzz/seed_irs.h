/// \file What mutations of IR start from: the IR of all stages of the examples.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tpc::fuzz {

/// Printed TP IR and Limit IR of the examples, in several parametrizations.
std::vector<std::string> example_irs(const std::filesystem::path& folder);

}  // namespace tpc::fuzz
