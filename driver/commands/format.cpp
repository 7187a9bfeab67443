/// \file `tpc format`: programs as they should be written.
#include "frontend/format/format.h"

#include <algorithm>
#include <iostream>

#include "base/files/output_file.h"
#include "driver/commands/commands.h"
#include "driver/terminal/diagnostics.h"
#include "driver/terminal/files.h"
#include "fmt/format.h"
#include "grammar/limits.h"

namespace tpc::driver {
namespace {

constexpr auto standard_streams = "-";

/// The line at `number`, from 1; empty beyond the end.
std::string_view line_of(const diag::Source& source, int number) {
  const auto ends = static_cast<int>(std::ranges::count(source.text(), '\n')) + 1;
  return number <= ends ? source.line(number) : std::string_view();
}

/// The first line that formatting changes, before and after.
std::string first_change(const diag::Source& before, const diag::Source& after) {
  int line = 1;
  const size_t common = std::min(before.text().size(), after.text().size());
  const auto [end, unused] = std::mismatch(
      before.text().begin(), before.text().begin() + static_cast<ptrdiff_t>(common), after.text().begin());
  line += static_cast<int>(std::count(before.text().begin(), end, '\n'));
  return fmt::format("{}:{}: not formatted\n- {}\n+ {}\n", before.name(), line, line_of(before, line),
                     line_of(after, line));
}

/// The exit status of one file.
int format_file(const std::string& path, bool only_check) {
  std::string text;
  const std::string unread = read_text_file(path, text, grammar::most_bytes);
  const diag::Source source(path == standard_streams ? "<stdin>" : path, std::move(text));
  diag::Engine diagnostics;
  std::optional<std::string> formatted;
  if (unread.empty()) {
    formatted = format::format_source(source, diagnostics);
  } else {
    diagnostics.report(diag::Kind::cannot_read_file, {{"path", path}, {"why", unread}});
  }
  const bool changes = formatted && *formatted != source.text();
  int status = exit_success;
  if (only_check && changes) {
    std::cout << first_change(source, diag::Source(source.name(), *formatted));
    status = exit_user_error;
  } else if (formatted && !only_check && path == standard_streams) {
    std::cout << *formatted;
  } else if (changes) {
    const std::string unwritten = files::write_file(path, *formatted);
    if (!unwritten.empty()) {
      diagnostics.report(diag::Kind::cannot_write_file, {{"path", path}, {"why", unwritten}});
    }
  }
  print_diagnostics(source, diagnostics);
  return diagnostics.has_errors() ? exit_user_error : status;
}

}  // namespace

int command_format(const Options& options) {
  int status = exit_success;
  for (const std::string& path : options.files) status = std::max(status, format_file(path, options.only_check));
  return status;
}

}  // namespace tpc::driver
