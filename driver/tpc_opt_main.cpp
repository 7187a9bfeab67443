// tpc-opt: runs named passes on the text of TP IR or Limit IR, for tests and for looking at one pass at a time.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "base/diag/check.h"
#include "equations/derive.h"
#include "passes/pass_manager.h"

namespace {

using tpc::passes::AnyModule;

constexpr int exit_success = 0;
constexpr int exit_user_error = 1;
constexpr int exit_wrong_usage = 2;
constexpr int exit_internal_error = 3;

struct OptOptions {
  std::string path;
  std::vector<std::string> passes;
  tpc::ir::SgdSettings sgd;
  tpc::passes::PassOptions pass_options;
};

tpc::passes::PassError print_derivation(AnyModule& module, const tpc::passes::PassContext& context) {
  const auto* limit = std::get_if<tpc::ir::limit::Module>(&module);
  if (limit == nullptr) return "works on Limit IR, and the module is TP IR";
  context.output << tpc::equations::derive_text(*limit);
  return {};
}

/// Those of the compiler, and printers of what is no pass.
std::vector<tpc::passes::NamedPass> known_passes() {
  std::vector<tpc::passes::NamedPass> known = tpc::passes::named_passes();
  known.push_back({"print-derivation", "Limit: print the limit equations as text", print_derivation});
  return known;
}

std::string pass_help() {
  std::string text = "Passes (in the order given to --passes):\n";
  for (const tpc::passes::NamedPass& pass : known_passes()) {
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

void add_options(CLI::App& app, OptOptions& options) {
  app.footer(pass_help());
  app.add_option("FILE", options.path, "A file of TP IR or Limit IR text; - for standard input")->required();
  app.add_option("--passes", options.passes, "Passes to run, separated by commas (none: parse, verify, print)")
      ->delimiter(',');
  app.add_option("--print-after", options.pass_options.print_after, "Print the module to stderr after these passes")
      ->delimiter(',');
  app.add_option("--learning-rate", options.sgd.learning_rate.first, "The learning rate of `sgd`");
  app.add_option("--momentum", options.sgd.momentum, "The momentum of `sgd`");
  app.add_option("--weight-decay", options.sgd.weight_decay, "The weight decay of `sgd`");
  app.add_option("--clip", options.sgd.clip, "`sgd` scales all gradients together to this norm");
  app.add_flag("--verify-each", options.pass_options.verify_each,
               "Verify after every pass and name the one that fails");
  app.add_flag("--time-passes", options.pass_options.time_passes, "Print the time of every pass to stderr");
}

std::optional<std::string> read_text(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// The first word of the text that is not a comment says which IR it is.
bool is_limit_text(std::string_view text) {
  while (!text.empty()) {
    const size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return false;
    text.remove_prefix(start);
    if (!text.starts_with("//")) return text.starts_with("limit");
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
  return false;
}

/// Parses and verifies; prints what is wrong to stderr.
template <class ModuleType, class ParseError>
std::optional<AnyModule> checked(const std::string& path, std::variant<ModuleType, ParseError> parsed) {
  if (const auto* error = std::get_if<ParseError>(&parsed)) {
    std::cerr << fmt::format("{}:{}:{}: error: {}\n", path, error->line, error->column, error->message);
    return std::nullopt;
  }
  auto& module = std::get<ModuleType>(parsed);
  const std::vector<std::string> findings = verify(module);
  for (const std::string& finding : findings) std::cerr << fmt::format("{}: error: {}\n", path, finding);
  if (!findings.empty()) return std::nullopt;
  return AnyModule(std::move(module));
}

int run(OptOptions& options) {
  const std::optional<std::string> text = read_text(options.path);
  if (!text) {
    std::cerr << fmt::format("{}: error: cannot read the file\n", options.path);
    return exit_user_error;
  }
  std::optional<AnyModule> module = is_limit_text(*text) ? checked(options.path, tpc::ir::limit::parse(*text))
                                                         : checked(options.path, tpc::ir::tp::parse(*text));
  if (!module) return exit_user_error;
  options.pass_options.log = &std::cerr;
  options.pass_options.optimizer = options.sgd;
  const tpc::passes::PassError error =
      tpc::passes::run_passes(*module, options.passes, options.pass_options, std::cout, known_passes());
  if (!error.empty()) {
    std::cerr << fmt::format("{}: error: {}\n", options.path, error);
    return exit_user_error;
  }
  const bool printed = !options.passes.empty() && options.passes.back().starts_with("print-");
  if (!printed) std::cout << std::visit([](const auto& any) { return print(any); }, *module);
  return exit_success;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    OptOptions options;
    CLI::App app("Runs passes of the Tensor Program compiler on textual IR.");
    add_options(app, options);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? exit_success : exit_wrong_usage;
    }
    return run(options);
  } catch (const std::exception& error) {
    std::cerr << "internal error: " << error.what() << '\n';
    return exit_internal_error;
  }
}
