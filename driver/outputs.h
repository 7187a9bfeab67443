/// \file What a command writes must not be what it reads.
#pragma once

#include <string>
#include <vector>

#include "driver/compile.h"
#include "driver/options.h"

namespace tpc::driver {

/// Whether every file that the options name for writing (-o, --header, --plot, --save) is another file than each that
/// is read: the program and its data files, also those that this command does not read. Files are the same by what they
/// are, whatever their paths: through symbolic and hard links. Two outputs must differ too. Reports what is wrong.
bool outputs_are_free(Compilation& compilation, const Options& options);

}  // namespace tpc::driver
