/// \file What a command writes must not be what it reads.
#pragma once

#include <string>
#include <vector>

#include "driver/compile.h"
#include "driver/options.h"

namespace tpc::driver {

struct NamedFile {
  std::string option;  ///< "-o"; of an input: what it is
  std::string path;
};

/// The program (unless it is standard input), its data, and what else it names. Precondition: a checked program.
std::vector<NamedFile> input_files(const Compilation& compilation, const Options& options);

/// Whether the files that the options name can be written, as far as that is known without writing. Reports otherwise.
bool outputs_can_be_written(Compilation& compilation, const Options& options);

/// Reports what is known to be in the way of them, if anything is.
void report_unwritable(Compilation& compilation, const Options& options);

/// Whether every file that the options name for writing (-o, --header, --plot, --csv, --save) is another file than each
/// that is read: the program and its data files, also those that this command does not read. Files are the same by what
/// they are, whatever their paths: through symbolic and hard links. Two outputs must differ too. Reports what is wrong.
bool outputs_are_free(Compilation& compilation, const Options& options);

}  // namespace tpc::driver
