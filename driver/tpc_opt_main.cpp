// tpc-opt: runs named passes on the text of TP IR or Limit IR, for tests and for looking at one pass at a time.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cmath>
#include <iostream>

#include "base/diag/utf8.h"
#include "driver/opt/run_passes.h"
#include "driver/terminal/files.h"
#include "driver/terminal/standard_streams.h"

namespace {

using namespace tpc::driver;

constexpr size_t most_bytes = size_t{256} << 20;  // of IR text

std::string pass_help() {
  std::string text = "Passes (in the order given to --passes):\n";
  for (const tpc::passes::NamedPass& pass : opt_passes()) {
    text += fmt::format("  {:<18}{}\n", pass.name, pass.description);
  }
  text +=
      "\nThe result is printed as text again, unless the last pass is a print-* pass.\n"
      "Examples:\n"
      "  tpc emit model.tp --stage tp | tpc-opt --passes=autodiff,simplify,cse,dce -\n"
      "  tpc emit model.tp --stage grad | tpc-opt --passes=print-width -\n"
      "Exit status: 0 success, 1 an error in the input, 2 wrong usage, 3 an internal error.\n";
  return text;
}

std::string number_problem(const std::string& text) {
  double number = 0.0;
  const bool is_number = CLI::detail::lexical_cast(text, number) && std::isfinite(number) && number >= 0.0;
  return is_number ? std::string() : "expected a number of at least 0, not " + text;
}

void add_options(CLI::App& app, OptOptions& options) {
  app.footer(pass_help());
  app.add_option("FILE", options.path, "A file of TP IR or Limit IR text; - for standard input")->required();
  app.add_option("--passes", options.passes, "Passes to run, separated by commas (none: parse, verify, print)")
      ->delimiter(',');
  app.add_option("--print-after", options.pass_options.print_after, "Print the module to stderr after these passes")
      ->delimiter(',');
  app.add_option("--learning-rate", options.sgd.learning_rate.first, "The learning rate of `sgd`")
      ->check(number_problem);
  app.add_option("--momentum", options.sgd.momentum, "The momentum of `sgd`")->check(number_problem);
  app.add_option("--weight-decay", options.sgd.weight_decay, "The weight decay of `sgd`")->check(number_problem);
  app.add_option("--clip", options.sgd.clip, "`sgd` scales all gradients together to this norm")->check(number_problem);
  app.add_flag("--lazy", options.sgd.lazy, "`sgd` leaves rows that do not occur in a batch alone");
  app.add_flag("--verify-each", options.pass_options.verify_each,
               "Verify after every pass and name the one that fails");
  app.add_flag("--time-passes", options.pass_options.time_passes, "Print the time of every pass to stderr");
}

int parse_and_run(int argc, char** argv) {
  OptOptions options;
  CLI::App app("Runs passes of the Tensor Program compiler on textual IR.");
  add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? opt_success : opt_wrong_usage;
  }
  std::string text;
  if (const std::string why = read_text_file(options.path, text, most_bytes); !why.empty()) {
    std::cerr << fmt::format("{}: error: cannot read the file: {}\n", tpc::diag::printable(options.path), why);
    return opt_user_error;
  }
  if (text.size() > most_bytes) {
    std::cerr << fmt::format("{}: error: more than {} bytes\n", tpc::diag::printable(options.path), most_bytes);
    return opt_user_error;
  }
  return run_opt(options, tpc::diag::Source(options.path, std::move(text)));
}

}  // namespace

int main(int argc, char** argv) {
  prepare_standard_streams();
  return finish_standard_output(parse_and_run(argc, argv));
}
