/// \file The texts of the library as files, for editors to show: in the user's cache folder, written when somebody
/// asks.
#pragma once

#include <string>

#include "base/diag/diagnostic.h"

namespace tpc::driver::server {

/// Where the texts lie; empty: there is no place for them.
std::string library_folder();

/// The file with this text of the library; empty: it could not be written.
std::string library_file(const diag::Source& text);

}  // namespace tpc::driver::server
