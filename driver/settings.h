/// \file The command line as the settings that the parts below the command take.
#pragma once

#include "codegen/codegen.h"
#include "driver/options.h"
#include "evaluation/compiled/settings.h"

namespace tpc::driver {

codegen::CodegenOptions code_options(const Options& options);
evaluation::EvaluationSettings evaluation_settings(const Options& options);

}  // namespace tpc::driver
