/// \file The type of JSON documents, for headers that only name it; json.h makes and prints them.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace tpc::driver {

using Json = nlohmann::ordered_json;

}  // namespace tpc::driver
