/// \file Small helpers around files.
#pragma once

#include <string>

#include "grammar/limits.h"

namespace tpc::driver {

/// Reads a file ("-": standard input) up to one byte more than `most`, which the parser takes (grammar/limits.h) and
/// then refuses. Returns why it failed, or nothing.
std::string read_text_file(const std::string& path, std::string& text, size_t most = grammar::most_bytes);

/// The folder that holds the runtime library, seen from the running program (installed: ../lib; build tree:
/// ../runtime); empty if there is none.
std::string runtime_library_directory();

}  // namespace tpc::driver
