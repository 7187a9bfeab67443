/// \file Small helpers around files.
#pragma once

#include <string>
#include <vector>

#include "grammar/limits.h"

namespace tpc::driver {

/// Reads a file ("-": standard input) up to one byte more than `most`, which the parser takes (grammar/limits.h) and
/// then refuses. Returns why it failed, or nothing.
std::string read_text_file(const std::string& path, std::string& text, size_t most = grammar::most_bytes);

/// Why a file cannot be written here, found without writing: no such folder, a folder itself. Empty: nothing is known.
std::string obstacle_to_writing(const std::string& path);

/// What compiled models are linked to and need at run time.
inline constexpr const char* runtime_library = "libtpc_runtime.so";
/// The folders that may hold it, seen from the running program (installed: ../lib or what the installation calls that;
/// build tree: ../runtime).
std::vector<std::string> runtime_library_candidates();
/// The first of them that does; empty if none.
std::string runtime_library_directory();
/// A folder of the installation's (or the sources') Python, seen from the running program; empty: it is not there.
std::string python_folder(const std::string& name);

}  // namespace tpc::driver
