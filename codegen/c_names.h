/// \file Names of a model as C identifiers.
#pragma once

#include <string>
#include <vector>

#include "codegen/codegen.h"
#include "codegen/model_interface.h"

namespace tpc::codegen {

/// The name with everything but ASCII letters, digits and _ written as _xHH (UTF-8 bytes in hexadecimal); never empty,
/// never beginning with a digit.
std::string c_identifier(const std::string& name);
/// Parameter names for these fields: distinct, no keywords of C or C++, none of the wrappers' own parameters.
std::vector<std::string> parameter_names(const std::vector<Field>& fields);

}  // namespace tpc::codegen
