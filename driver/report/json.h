/// \file JSON output: one object on one document, numbers with 17 significant digits (cli.md), so that reading them
/// back gives the same doubles.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "driver/report/json_fwd.h"

namespace tpc::driver {

/// "0.5", "-1.0000000000000001e-09"; "null" for infinities and nan. Always reads back as a floating-point number.
std::string json_number(double value);

/// The document with a final newline. Arrays of numbers stay on one line; objects and arrays of arrays are indented.
std::string json_text(const Json& json);

/// Flat row-major numbers as nested arrays of this shape. Precondition: the product of the shape is values.size().
Json nested_array(const std::vector<double>& values, const std::vector<int64_t>& shape);

}  // namespace tpc::driver
