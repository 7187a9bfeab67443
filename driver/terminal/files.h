/// \file Small helpers around files.
#pragma once

#include <string>

namespace tpc::driver {

/// Reads a file ("-": standard input) up to a little more than the parser takes (grammar/limits.h). Returns why it
/// failed, or nothing.
std::string read_text_file(const std::string& path, std::string& text);

/// Writes to a file beside `path` and renames it, so that a reader never sees half a file. Returns why it failed.
std::string write_text_file(const std::string& path, const std::string& text);

/// The folder that holds the runtime library, seen from the running program (installed: ../lib; build tree:
/// ../runtime); empty if there is none.
std::string runtime_library_directory();

}  // namespace tpc::driver
