/// \file `tpc new`: an example under a name of one's own, to begin with.
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "base/files/output_file.h"
#include "driver/commands/commands.h"
#include "driver/terminal/diagnostics.h"
#include "driver/terminal/files.h"
#include "driver/texts/texts.h"
#include "fmt/format.h"
#include "grammar/lexical.h"

namespace tpc::driver {
namespace {

namespace fs = std::filesystem;

int list_examples() {
  for (const Example& example : examples()) std::cout << fmt::format("{:<17} {}\n", example.name, example.description);
  std::cout << "\ntpc new NAME --like EXAMPLE   writes one of them to NAME.tp; without --like it is mlp\n";
  return exit_success;
}

bool is_name(const std::string& text) {
  diag::Engine diagnostics;
  const diag::Source source("", text);
  const grammar::Tokens tokens = grammar::tokenize(source, diagnostics);
  return !tokens.empty() && tokens.front().kind == grammar::TokenKind::name && tokens.front().text == text &&
         text != "return" && text != "for";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The example with the new name where it says its own, and where its comments say its file.
std::string program_text(const Example& example, const std::string& name, const std::string& path) {
  const std::string text = replaced(std::string(example.text), "examples/" + example.name + ".tp", path);
  constexpr std::string_view keyword = "\nmodel ";
  const size_t begin = text.find(keyword) + keyword.size();
  return text.substr(0, begin) + name + text.substr(text.find_first_of(" \n", begin));
}

int refused(diag::Kind kind, const std::map<std::string, std::string>& arguments) {
  diag::Engine diagnostics;
  diagnostics.report(kind, arguments);
  print_diagnostics(diag::Source("", ""), diagnostics);
  return exit_user_error;
}

}  // namespace

int command_new_program(const Options& options) {
  if (options.file.empty()) return list_examples();
  fs::path path = options.file;
  if (path.extension() != ".tp") path += ".tp";
  const std::string name = path.stem().string();
  if (!is_name(name)) return refused(diag::Kind::model_name, {{"name", name}});
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(path, ignored))) {
    return refused(diag::Kind::file_exists, {{"path", path.string()}});
  }
  const auto example = std::ranges::find(examples(), options.example, &Example::name);
  std::string failure = obstacle_to_writing(path.string());
  if (failure.empty()) failure = files::write_file(path.string(), program_text(*example, name, path.string()));
  if (!failure.empty()) return refused(diag::Kind::cannot_write_file, {{"path", path.string()}, {"why", failure}});
  std::cout << fmt::format(
      "{0} is written, like the example {1}. Next:\n"
      "  tpc run {0}                           train the infinitely wide network\n"
      "  tpc classify {0}                      what does each weight learn as the width grows?\n"
      "  tpc derive {0}                        the equations of the limit\n"
      "  tpc compare {0} --widths 64,256,1024  networks of these widths beside it\n"
      "  tpc mup {0} --format pytorch          its initial sizes and learning rates, for PyTorch\n",
      path.string(), example->name);
  return exit_success;
}

}  // namespace tpc::driver
