/// \file Standard input, output and error of a program whose results are its standard output.
#pragma once

namespace tpc::driver {

/// At the start of main. A closed standard stream is opened such that its use fails, or a file opened later would take
/// its place and receive what is printed; too large a file (ulimit -f) is a failure to write and not the end.
void prepare_standard_streams();

/// At the end of main: whether standard output has taken everything is known only now. Returns the exit status:
/// `status`, or 1 with a message on stderr.
int finish_standard_output(int status);

}  // namespace tpc::driver
