/// \file `tpc explain`: a page for every diagnostic.
#include <algorithm>
#include <cctype>
#include <iostream>
#include <sstream>

#include "driver/commands/commands.h"
#include "driver/report/diagnostics.h"
#include "driver/report/json.h"
#include "driver/terminal/diagnostics.h"
#include "driver/texts/texts.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

struct Facts {
  diag::Severity severity;
  std::string_view message;
};

std::map<std::string, Facts> facts_by_code() {
  std::map<std::string, Facts> facts;
#define TPC_DIAGNOSTIC(enumerator, severity, text) \
  facts[std::string(diag::kind_name(diag::Kind::enumerator))] = {diag::Severity::severity, text};
#include "base/diag/diagnostics.def"
  return facts;
}

/// `[shape_mismatch]` is `shape-mismatch`.
std::string code_from_text(std::string text) {
  std::erase_if(text, [](char c) { return c == '[' || c == ']' || c == '`' || c == ' '; });
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
  return text;
}

/// What stands above a block of code, by what stands behind its fence (explanations/README.md).
/// `whole`: it is not a part of a program.
std::string heading(const std::string& fence, bool is_first, bool whole) {
  const auto has = [&](const char* mark) { return fence.find(mark) != std::string::npos; };
  std::string text = has(" wrong") ? "wrong" : has(" mended") ? "mended" : "program";
  if (is_first && !whole && has("```tp")) {
    const char* example = has(" maml") ? "in examples/maml.tp" : has(" word2vec") ? "in examples/word2vec.tp" : nullptr;
    text += example != nullptr ? fmt::format(" ({})", example) : " (the rest as in the program of `tpc new`)";
  }
  return "  " + text + ":\n";
}

/// Markdown for a terminal: code is indented, and what it is stands above it.
std::string readable(const std::string& markdown) {
  std::istringstream lines(markdown);
  std::string result, fence;
  bool in_code = false, is_first = true;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      in_code = !in_code;
      fence = in_code ? line : "";
      continue;
    }
    if (!fence.empty()) {
      result += heading(fence, is_first, line.starts_with("model "));
      is_first = false;
      fence.clear();
    }
    result += (in_code && !line.empty() ? "    " : "") + line + "\n";
  }
  return result;
}

Json page_json(const Explanation& page, const Facts& facts) {
  return {{"code", page.code},        {"severity", severity_word(facts.severity)},
          {"message", facts.message}, {"section", page.section},
          {"summary", page.summary},  {"text", page.text}};
}

int explain_all(bool json) {
  const auto facts = facts_by_code();
  Json pages = Json::array();
  std::string text, section;
  for (const Explanation& page : explanations()) {
    if (json) pages.push_back(page_json(page, facts.at(page.code)));
    if (page.section != section) text += (section.empty() ? "" : "\n") + page.section + "\n";
    section = page.section;
    text += fmt::format("  {:<34} {}\n", page.code, page.summary);
  }
  std::cout << (json ? json_text(pages) : text);
  return exit_success;
}

int report_unknown(const std::string& code) {
  std::vector<std::string> codes;
  for (const Explanation& page : explanations()) codes.push_back(page.code);
  diag::Engine diagnostics;
  auto report = diagnostics.report(diag::Kind::unknown_code, {{"code", code}});
  const std::string near = diag::nearest(code, codes);
  report.note(near.empty() ? "`tpc explain` lists all" : "did you mean `" + near + "`?");
  print_diagnostics(diag::Source("", ""), diagnostics);
  return exit_user_error;
}

}  // namespace

int command_explain(const Options& options) {
  if (options.file.empty()) return explain_all(options.json());
  const std::string code = code_from_text(options.file);
  const auto page = std::ranges::find(explanations(), code, &Explanation::code);
  if (page == explanations().end()) return report_unknown(code);
  const Facts facts = facts_by_code().at(code);
  std::cout << (options.json() ? json_text(page_json(*page, facts))
                               : fmt::format("{} [{}]\n  {}\n\n{}", severity_word(facts.severity), code, facts.message,
                                             readable(page->text)));
  return exit_success;
}

}  // namespace tpc::driver
