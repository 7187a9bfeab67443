/// \file Where the result of a run goes: stdout, and the file of `-o`.
#pragma once

#include <string>
#include <string_view>

#include "base/files/output_file.h"
#include "driver/compile.h"
#include "driver/report/json_fwd.h"
#include "driver/session.h"

namespace tpc::driver {

/// Writes the JSON to options.output, if that is given, and JSON or text (options.format) to stdout. False: the file
/// could not be written; that has been reported.
bool write_result(Compilation& compilation, const Options& options, const Json& json, const std::string& text);

/// Writes one file. False: it could not be written; that has been reported.
bool write_file(Compilation& compilation, const std::string& path, std::string_view contents,
                files::Permissions permissions = files::Permissions::data);

/// Writes a picture as what the path's ending says, SVG or PNG. False: it could not; that has been reported.
bool write_picture(Compilation& compilation, const std::string& path, const std::string& svg);

/// Writes the picture of one run to options.plot, if that is given and something was recorded. `what`: "at width 64".
/// False: it could not be written; that has been reported.
bool write_run_plot(const Session& session, const Options& options, const Trajectory& run, const std::string& what);

/// Says on stderr by which method the limit was evaluated, and why; of JSON, unless --verbose, only where sampling
/// replaced what is exact without having been asked for.
void print_method(const Options& options, const MethodChoice& choice);

}  // namespace tpc::driver
