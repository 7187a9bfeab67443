/// \file `tpc report`: all that can be said of a program, as one page.
#include <filesystem>
#include <iostream>

#include "driver/commands/commands.h"
#include "driver/commands/write_result.h"
#include "driver/report/page/sections.h"
#include "driver/terminal/terminal_monitor.h"

namespace tpc::driver {
namespace {

/// By the name of the program; standard input has none.
std::string default_output(const Options& options) {
  if (options.file == "-") return "report.html";
  return std::filesystem::path(options.file).stem().string() + ".html";
}

}  // namespace

int command_report(const Options& given) {
  Options options = given;
  if (options.output.empty()) options.output = default_output(options);
  TerminalMonitor monitor;
  const auto material = page::gather(options, monitor);
  if (!material) return exit_user_error;
  if (!write_file(*material->classified, options.output, page::report_html(*material))) return exit_user_error;
  std::cerr << "wrote " << options.output << '\n';
  return material->interrupted ? exit_interrupted : exit_success;
}

}  // namespace tpc::driver
