#include "driver/options.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "base/diag/diagnostic.h"
#include "base/diag/utf8.h"
#include "driver/command_line.h"
#include "driver/text_options.h"
#include "evaluation/vectors/save_vectors.h"

namespace tpc::driver {

using evaluation::Method;

namespace {

constexpr auto general_footer = R"(
A first session:
  tpc new first                              a complete small program in first.tp, to change and to run
  tpc classify examples/mlp.tp               does it learn features as the width grows?
  tpc mup examples/mlp.tp                    initial sizes and learning rates that transfer over widths
  tpc derive examples/mlp.tp                 the equations of the infinite-width limit
  tpc run examples/mlp.tp                    train the infinitely wide network
  tpc simulate examples/mlp.tp --width 1024  the same program at a finite width
  tpc compare examples/mlp.tp --widths 64,256,1024 --plot mlp.svg
  tpc sweep examples/mlp.tp --set lr=0.1..10:9log --plot lr.svg   which learning rate?
  tpc report examples/mlp.tp                 all of that as one page, mlp.html
  tpc report examples/mlp.tp                 all of that as one page, mlp.html
  tpc examples/mlp.tp -o mlp.so              the limit as native code with a C interface
  tpc import model.py:Net -o model.tp        the architecture of a PyTorch module as such a file
`tpc COMMAND --help` explains a command and shows examples.

Exit status: 0 success, 1 an error in your files, or a training that diverged, 2 wrong usage, 3 an internal error,
130 interrupted (SIGINT, SIGTERM): what was computed so far is printed and written.)";

const std::map<std::string, Method> method_names = {{"auto", Method::automatic},
                                                    {"exact", Method::exact},
                                                    {"quadrature", Method::quadrature},
                                                    {"qmc", Method::qmc},
                                                    {"mc", Method::mc}};

}  // namespace

CommandLine::CommandLine(Options& options) : options_(options) {
  app_.description(
      "tpc, the Tensor Program compiler: infinite-width limits of neural networks, from equations to "
      "native code.");
  app_.footer(general_footer);
  app_.set_version_flag("--version", "tpc " TPC_VERSION);
  app_.require_subcommand(1);
  app_.get_formatter()->column_width(34);
  add_inspection_commands();
  add_evaluation_commands();
  add_sweep_command();
  add_report_command();
  add_compilation_commands();
  add_import_command();
  add_editor_commands();
  add_text_commands(app_, options_);
}

void CommandLine::parse(std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());  // what CLI11 wants of a vector
  app_.parse(std::move(arguments));
  if (options_.command != Command::sweep) options_.values = assignments(sets_, "--set", "NAME=VALUE");
  options_.data_paths = assignments(data_, "--data", "NAME=PATH");
  options_.saves = assignments(saves_, "--save", "PARAMETER=PATH");
  for (const std::string& text : besides_) options_.variants.push_back(*variant_from_text(text));
  if (!record_.empty()) options_.record = *parse_record_option(record_);
  for (const std::string& text : widths_) {
    const std::vector<int64_t> widths = *widths_from_text(text);
    options_.widths.insert(options_.widths.end(), widths.begin(), widths.end());
  }
  if (options_.command == Command::sweep) read_sweep();
  options_.method = method_names.at(method_);
  options_.rotate_to_data = rotation_ == rotated_to_data;
  refuse_combinations();
}

void CommandLine::read_sweep() {
  for (const std::string& word : sets_) {
    const auto [name, text] = assignment(word, "--set", "NAME=VALUES");
    const auto values = swept_values(text);
    if (!values) {
      throw CLI::ValidationError("--set", "expected " + name + "=A..B:Nlog, " + name + "=A..B:Nlin (2 to " +
                                              std::to_string(most_points) +
                                              " values; log: above 0) or numbers separated by commas, not " + text);
    }
    if (values->size() == 1) options_.values[name] = values->front();
    if (values->size() > 1) options_.swept.push_back({name, *values});
  }
  if (options_.parametrization) options_.parametrizations = *words_from_text(*options_.parametrization);
  double points = std::max<double>(1.0, static_cast<double>(options_.parametrizations.size()));
  for (const SweptSetting& setting : options_.swept) points *= static_cast<double>(setting.values.size());
  points *= 1.0 + static_cast<double>(options_.widths.size());
  if (points <= static_cast<double>(most_points)) return;
  throw CLI::ValidationError("sweep", "these are more than " + std::to_string(most_points) + " points");
}

int CommandLine::report(const CLI::ParseError& error) {
  std::ostringstream out, errors;
  const int status = app_.exit(error, out, errors);
  std::cout << out.str();
  std::cerr << diag::printable(errors.str());
  return status == 0 ? exit_success : exit_wrong_usage;
}

int CommandLine::report_extras(const CLI::ExtrasError& error) {
  const auto parsed = app_.get_subcommands();
  if (parsed.empty()) return report(error);
  const std::vector<std::string> extras = parsed.front()->remaining();
  const auto option = std::find_if(extras.begin(), extras.end(), [](const auto& word) { return word[0] == '-'; });
  if (option == extras.end()) {
    std::cerr << "unexpected argument " << extras.front() << ": " << parsed.front()->get_name() << " takes one file";
  } else {
    const std::string name = option->substr(0, option->find('='));
    const std::string near = diag::nearest(name, option_names(*parsed.front()));
    std::cerr << parsed.front()->get_name() << " has no option " << name;
    if (!near.empty()) std::cerr << "; did you mean " << near << "?";
  }
  std::cerr << "\nRun with --help for more information.\n";
  return exit_wrong_usage;
}

std::vector<std::string> CommandLine::command_names() const {
  std::vector<std::string> names;
  for (const CLI::App* command : app_.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> CommandLine::option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

void CommandLine::refuse_combinations() const {
  const auto refuse = [&](std::initializer_list<const char*> names, const std::string& why) {
    for (const char* name : names) {
      if (app_.get_subcommands().front()->get_option(name)->count() == 0) continue;
      throw CLI::ValidationError(name, why);
    }
  };
  if (options_.command == Command::compare && options_.coordinates) {
    refuse({"--method", "--samples", "--replicas", "--target-error", "--tol", "--rotation", "--precision"},
           "--coords trains finite networks only, and this is about the limit; leave it out, or leave out --coords");
    refuse({"--beside"}, "--coords is about the widths of one parametrization; leave it out, or leave out --coords");
  }
  if (!options_.plot.empty() && !options_.plot.ends_with(".svg") && !options_.plot.ends_with(".png")) {
    refuse({"--plot"}, "the picture is SVG or PNG; call the file something.svg or something.png");
  }
  for (const auto& [parameter, path] : options_.saves) {
    if (evaluation::vector_format(path) != evaluation::VectorFormat::unknown) continue;
    refuse({"--save"}, "the ending says the format: .bin or .txt (word2vec's), or .npy (NumPy's); not " + path);
  }
  if (options_.command == Command::emit) {
    if (options_.stage == "ast") {
      refuse({"--param", "--set", "--data"}, "--stage ast shows the text as it was read; see --stage tp");
    }
    if (options_.stage != "llvm" && options_.stage != "asm") {
      refuse({"-O", "--cpu", "--precision"}, "this is about machine code; see --stage llvm and --stage asm");
    }
  }
}

namespace {

/// `tpc FILE -o OUT` is short for `tpc compile FILE -o OUT`: a first word that is no command but looks like a file.
void expand_short_form(std::vector<std::string>& arguments, const std::vector<std::string>& commands) {
  if (arguments.empty() || arguments[0].starts_with("-")) return;
  if (std::find(commands.begin(), commands.end(), arguments[0]) != commands.end()) return;
  std::error_code ignored;
  if (arguments[0].ends_with(".tp") || std::filesystem::exists(arguments[0], ignored)) {
    arguments.insert(arguments.begin(), "compile");
    return;
  }
  const std::string near = diag::nearest(arguments[0], commands);
  if (near.empty() && arguments[0].find_first_of("./") != std::string::npos) {
    throw CLI::ValidationError(arguments[0], "there is no such file (and no such command)");
  }
  throw CLI::ArgumentMismatch("unknown command " + arguments[0] + (near.empty() ? "" : "; did you mean " + near + "?"),
                              CLI::ExitCodes::ArgumentMismatch);
}

}  // namespace

std::optional<int> parse_command_line(int argc, char** argv, Options& options) {
  CommandLine command_line(options);
  try {
    std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    expand_short_form(arguments, command_line.command_names());
    command_line.parse(std::move(arguments));
  } catch (const CLI::ExtrasError& error) {
    return command_line.report_extras(error);
  } catch (const CLI::ParseError& error) {
    return command_line.report(error);
  }
  return {};
}

}  // namespace tpc::driver
