/// \file `tpc compare --coords`.
#pragma once

#include "driver/options.h"

namespace tpc::driver {

int compare_coordinates(const Options& options);

}  // namespace tpc::driver
