/// \file The one way in which files are written: whole or not at all.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace tpc::files {

enum class Permissions { data, executable };

/// Writes a file of this contents. Returns why it failed; empty: it did not, and then the disk has taken all of it.
/// - A regular file (or none) is replaced when its successor is complete: that is written beside it under a name of its
///   own that nobody else has (NAME.PID.N.part, opened exclusively), and renamed. After any failure the old file is as
///   it was and nothing of the new one is left.
/// - A symbolic link is followed, and stays one.
/// - Into a pipe or a device the bytes are written as they are; standard output and error (/dev/stdout) too.
/// A full disk and a limit on sizes of files (SIGXFSZ has to be ignored: standard_streams.h) are failures like others.
std::string write_file(const std::string& path, std::string_view contents, Permissions permissions = Permissions::data);

/// Takes the next piece of a file; false: it failed, and what else comes is not needed.
using Append = std::function<bool(std::string_view)>;

/// The same of a file that is never in memory as a whole: `produce` gives its pieces one after the other.
std::string write_file_in_pieces(const std::string& path, const std::function<void(const Append&)>& produce,
                                 Permissions permissions = Permissions::data);

}  // namespace tpc::files
