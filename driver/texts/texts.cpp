#include "driver/texts/texts.h"

#include <algorithm>

#include "base/diag/diagnostic.h"
#include "base/embedded_text.h"

namespace tpc::driver {
namespace {

const std::vector<EmbeddedText> example_files = {
#include "examples.inc"
};

const std::vector<EmbeddedText> explanation_files = {
#include "explanations.inc"
};

/// Calls `visit` with every line, without its end.
template <typename Visit>
void for_each_line(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Up to the first of these stops, or the end of the paragraph.
std::string first_part(std::string_view paragraph, std::initializer_list<std::string_view> stops) {
  std::string part(paragraph.substr(0, paragraph.find("\n\n")));
  std::replace(part.begin(), part.end(), '\n', ' ');
  for (const std::string_view stop : stops) part = part.substr(0, part.find(stop));
  part.erase(part.find_last_not_of(" .:") + 1);
  return part;
}

/// The comment that a program begins with, as a paragraph.
std::string opening_comment(std::string_view program) {
  std::string comment;
  bool in_comment = true;
  for_each_line(program, [&](std::string_view line) {
    in_comment = in_comment && line.starts_with("# ");
    if (in_comment) comment += (comment.empty() ? "" : " ") + std::string(line.substr(2));
  });
  return comment;
}

/// "mlp" of "examples/mlp.tp"
std::string stem(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return std::string(path.substr(0, path.rfind('.')));
}

/// A file of pages: `# Section`, then `## code` and its text for each.
void add_pages(std::string_view file, std::vector<Explanation>& pages) {
  std::string section;
  bool in_page = false;
  for_each_line(file, [&](std::string_view line) {
    if (line.starts_with("## ")) {
      pages.push_back({std::string(line.substr(3)), section, {}, {}});
      in_page = true;
    } else if (line.starts_with("# ") && !in_page) {
      section = line.substr(2);
    } else if (in_page && !(pages.back().text.empty() && line.empty())) {
      pages.back().text += std::string(line) + "\n";
    }
  });
}

size_t place_in_list(const std::string& code) {
  size_t place = 0;
#define TPC_DIAGNOSTIC(enumerator, severity, text) \
  if (diag::kind_name(diag::Kind::enumerator) == code) place = static_cast<size_t>(diag::Kind::enumerator) + 1;
#include "base/diag/diagnostics.def"
  return place;
}

}  // namespace

const std::vector<Example>& examples() {
  static const std::vector<Example> all = [] {
    std::vector<Example> result;
    for (const EmbeddedText& file : example_files) {
      result.push_back({stem(file.name), first_part(opening_comment(file.text), {". ", ": "}), file.text});
    }
    return result;
  }();
  return all;
}

const std::vector<Explanation>& explanations() {
  static const std::vector<Explanation> all = [] {
    std::vector<Explanation> result;
    for (const EmbeddedText& file : explanation_files) add_pages(file.text, result);
    for (Explanation& page : result) {
      page.text.erase(page.text.find_last_not_of('\n') + 1);
      page.summary = first_part(page.text, {". "});
    }
    std::ranges::stable_sort(result, {}, [](const Explanation& page) { return place_in_list(page.code); });
    return result;
  }();
  return all;
}

}  // namespace tpc::driver
