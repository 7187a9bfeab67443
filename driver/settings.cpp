#include "driver/settings.h"

namespace tpc::driver {

codegen::CodegenOptions code_options(const Options& options) {
  codegen::CodegenOptions code;
  code.precision = options.precision == "f32" ? TP_F32 : TP_F64;
  code.optimization_level = options.optimization_level;
  code.cpu = options.cpu;
  return code;
}

evaluation::EvaluationSettings evaluation_settings(const Options& options) {
  evaluation::EvaluationSettings settings;
  settings.request = {options.method,         options.samples, options.replicas, options.tolerance,
                      options.rotate_to_data, options.seed,    options.threads};
  settings.code = code_options(options);
  if (options.precision != automatic_precision) settings.request.precision = settings.code.precision;
  settings.target_error = options.target_error;
  return settings;
}

}  // namespace tpc::driver
