/// \file The command line of CLI11, in three files: what is done with it (options.cpp), the help and the options of
/// each command (options_of_commands.cpp), and options that several commands have (shared_options.cpp).
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "driver/option_texts.h"
#include "driver/options.h"

namespace tpc::driver {

/// --rotation that is no `none`.
inline constexpr auto rotated_to_data = "data";

/// The option parser with the texts that become structures once parsing has succeeded.
class CommandLine {
 public:
  explicit CommandLine(Options& options);
  /// Throws CLI::ParseError.
  void parse(std::vector<std::string> arguments);
  int report(const CLI::ParseError& error);
  /// Words that no option and no argument takes: what was meant.
  int report_extras(const CLI::ExtrasError& error);
  [[nodiscard]] std::vector<std::string> command_names() const;

 private:
  /// CLI11 itself reads octal and hexadecimal numbers and wraps what is too large.
  template <class Integer, class Target>
  static CLI::Option* add_integer(CLI::App& app, const std::string& name, Target& target, Integers<Integer> allowed,
                                  const std::string& description) {
    const auto take = [&target, allowed](const std::string& text) {
      target = static_cast<std::remove_reference_t<decltype(target)>>(*allowed.read(text));
    };
    const auto check = [allowed](const std::string& text) {
      if (allowed.read(text)) return std::string();
      return "expected a whole number from " + allowed.range() + ", not " + text;
    };
    return app.add_option_function<std::string>(name, take, description)
        ->check(check)
        ->type_name("INT in [" + std::to_string(allowed.least) + " - " + std::to_string(allowed.most) + "]");
  }

  /// What a sweep is of: settings with several values, parametrizations. The others are as in every command.
  void read_sweep();
  /// "--samples", "-o", ...
  static std::vector<std::string> option_names(const CLI::App& app);
  /// Options that a command has and this use of it does not act on; README.md has the table.
  void refuse_combinations() const;

  CLI::App* add_command(Command command, const std::string& name, const std::string& description,
                        const std::string& examples, const std::vector<std::string>& formats);
  void add_inspection_commands();
  void add_evaluation_commands();
  void add_sweep_command();
  void add_report_command();
  void add_compilation_commands();
  void add_import_command();
  void add_editor_commands();

  CLI::Option* add_widths(CLI::App& app, const std::string& description);
  /// Networks of each width that are set beside the limit.
  void add_seeds(CLI::App& app);
  void add_code_options(CLI::App& app);
  void add_limit_options(CLI::App& app);
  void add_plot(CLI::App& app);
  void add_save(CLI::App& app, const std::string& of_what);
  /// `range`: what is expected of the number, as the error says it.
  static void add_number(CLI::App& app, const std::string& name, std::optional<double>& target,
                         bool (*is_allowed)(double), const std::string& range, const std::string& type,
                         const std::string& description);
  void add_threads_and_seed(CLI::App& app);
  void add_output(CLI::App& app);
  void add_run_options(CLI::App& app);

  Options& options_;
  CLI::App app_;
  std::vector<std::string> sets_, data_, saves_, widths_, besides_;
  std::string record_;
  std::string method_ = "auto";
  std::string rotation_ = rotated_to_data;
};

}  // namespace tpc::driver
