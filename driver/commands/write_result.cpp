#include "driver/commands/write_result.h"

#include <iostream>

#include "driver/report/json.h"
#include "driver/report/plot/compare_plot.h"
#include "driver/terminal/png.h"
#include "fmt/format.h"

namespace tpc::driver {

bool write_result(Compilation& compilation, const Options& options, const Json& json, const std::string& text) {
  std::cout << (options.json() ? json_text(json) : text) << std::flush;
  return options.output.empty() || write_file(compilation, options.output, json_text(json));
}

bool write_file(Compilation& compilation, const std::string& path, std::string_view contents,
                files::Permissions permissions) {
  const std::string failure = files::write_file(path, contents, permissions);
  if (failure.empty()) return true;
  compilation.diagnostics.report(diag::Kind::cannot_write_file, {{"path", path}, {"why", failure}});
  print_diagnostics(compilation);
  return false;
}

bool write_picture(Compilation& compilation, const std::string& path, const std::string& svg) {
  if (!is_png(path)) return write_file(compilation, path, svg);
  const Png png = png_of(svg);
  if (png.failure.empty()) return write_file(compilation, path, png.bytes);
  compilation.diagnostics.report(diag::Kind::cannot_write_file, {{"path", path}, {"why", png.failure}});
  print_diagnostics(compilation);
  return false;
}

bool write_run_plot(const Session& session, const Options& options, const Trajectory& run, const std::string& what) {
  if (options.plot.empty() || run.steps_recorded.empty()) return true;
  return write_picture(*session.compilation, options.plot, run_svg(session, run, what));
}

void print_method(const Options& options, const MethodChoice& choice) {
  const tp_method method = choice.settings.method;
  const bool sampled = method == TP_METHOD_QMC || method == TP_METHOD_MC;
  const bool surprising = sampled && options.method == Method::automatic;
  if (options.json() && !surprising && !options.verbose) return;
  std::cerr << fmt::format("{}method {}: {}\n", options.json() ? "note: " : "", method_name(choice.settings),
                           choice.why);
}

}  // namespace tpc::driver
