#include "driver/text_options.h"

#include <CLI/CLI.hpp>

#include "driver/texts/texts.h"

namespace tpc::driver {
namespace {

CLI::App* add_command(CLI::App& app, Options& options, Command command, const std::string& name,
                      const std::string& description, const std::string& usage_examples) {
  CLI::App* added = app.add_subcommand(name, description);
  added->footer("\nExamples:\n" + usage_examples);
  added->callback([&options, command] { options.command = command; });
  return added;
}

void add_format(CLI::App& app, Options& options) {
  CLI::App* format = add_command(
      app, options, Command::format, "format",
      "Write programs as the examples are written: spaces, indentation, columns of declarations, numbers and comments. "
      "Line breaks stay as they are, and so does what the program says. A file with an error is left alone.",
      "  tpc format model.tp                in place\n"
      "  tpc format --check *.tp            which are not written like this? (exit status 1)\n"
      "  tpc format - < model.tp            from standard input to standard output");
  format->add_option("FILE", options.files, ".tp files (- reads standard input and writes standard output)")
      ->required();
  format->add_flag("--check", options.only_check,
                   "write nothing; name the files that would change and their first line that would");
}

void add_new(CLI::App& app, Options& options) {
  std::vector<std::string> names;
  for (const Example& example : examples()) names.push_back(example.name);
  CLI::App* added = add_command(app, options, Command::new_program, "new",
                                "Write a complete program to begin with, NAME.tp: one of the examples that need no "
                                "other file, with its comments. "
                                "Without a name: which there are.",
                                "  tpc new first                      two hidden layers, in first.tp\n"
                                "  tpc new gpt --like transformer     a transformer block, in gpt.tp\n"
                                "  tpc new                            what --like takes");
  added->add_option("NAME", options.file, "of the model; FOLDER/NAME and NAME.tp are taken, too");
  added->add_option("--like", options.example, "the example to begin with")
      ->check(CLI::IsMember(names))
      ->default_str(options.example);
}

void add_explain(CLI::App& app, Options& options) {
  CLI::App* explain =
      add_command(app, options, Command::explain, "explain",
                  "Explain an error or a warning by the code that it ends with: what it means, why the language or the "
                  "theory asks for it, a program that causes it, and how to mend that. Without a code: all of them.",
                  "  tpc explain shape-mismatch\n"
                  "  tpc explain regime-unstable --format json\n"
                  "  tpc explain | grep batch");
  explain->add_option("CODE", options.file, "the word in brackets at the end of a message");
  explain->add_option("--format", options.format, "output format")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text");
}

}  // namespace

void add_text_commands(CLI::App& app, Options& options) {
  add_format(app, options);
  add_new(app, options);
  add_explain(app, options);
}

}  // namespace tpc::driver
