#include "equations/derive.h"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "equations/equations.h"
#include "equations/html.h"

namespace tpc::equations {
namespace {

using math::Equation;
using math::Section;

std::string introduction(const ir::limit::Module& module) {
  return fmt::format(
      "Infinite-width limit of `{0}`, {1} -> infinity. The {1} coordinates of a vector become independent copies of a "
      "random variable Z.",
      module.name, module.width);
}

/// Display width of UTF-8 text: bytes that do not continue a character.
size_t display_width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Prose for a terminal of 80 columns.
std::string wrapped(const std::string& text, const std::string& indent) {
  constexpr size_t columns = 78;
  std::string result = indent;
  size_t column = indent.size();
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (column > indent.size() && column + 1 + display_width(word) > columns) {
      result += '\n' + indent;
      column = indent.size();
    } else if (column > indent.size()) {
      result += ' ';
      ++column;
    }
    result += word;
    column += display_width(word);
    begin = end + 1;
  }
  return result;
}

std::string section_text(const Section& section) {
  size_t left_width = 0;
  for (const Equation& equation : section.equations) {
    left_width = std::max(left_width, display_width(math::render_text(equation.left)));
  }
  std::string text = section.title + "\n";
  if (!section.preface.empty()) text += wrapped(section.preface, "  ") + "\n";
  for (const Equation& equation : section.equations) {
    std::string left = math::render_text(equation.left);
    bool law = equation.right.shape == math::Shape::words;
    text += "  " + left + std::string(left_width - display_width(left), ' ') + (law ? " : " : " = ") +
            math::render_text(equation.right);
    if (!equation.remark.empty()) text += "    (" + equation.remark + ")";
    text += "\n";
  }
  return text;
}

std::string section_latex(const Section& section) {
  std::string text =
      "\\section*{" + math::latex_words(section.title) + "}\n" + math::latex_words(section.preface) + "\n";
  for (const Equation& equation : section.equations) {
    text += "\\[" + math::render_latex_display(equation) + "\\]\n";
  }
  return text;
}

/// A section that can be folded.
std::string section_html(const Section& section) {
  std::string text = "<details open>\n<summary>" + math::html_words(section.title) + "</summary>\n";
  if (!section.preface.empty()) text += "<p>" + math::html_words(section.preface) + "</p>\n";
  text += "<div class=\"equations\">\n";
  for (const Equation& equation : section.equations) text += math::html_equation(equation);
  return text + "</div>\n</details>\n";
}

}  // namespace

std::string derive_text(const ir::limit::Module& module, const Evaluation& evaluation) {
  std::string text = wrapped(introduction(module), "") + "\n";
  for (const Section& section : write_equations(module, evaluation)) text += "\n" + section_text(section);
  return text;
}

std::string derive_latex(const ir::limit::Module& module, const Evaluation& evaluation) {
  std::string text =
      "\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath,amssymb,graphicx}\n"
      "\\usepackage[margin=2cm,landscape]{geometry}\n\\emergencystretch=3em\n"
      "% What is wider than the line is scaled down to it.\n"
      "\\newsavebox{\\wide}\n"
      "\\newcommand{\\fitted}[1]{\\sbox{\\wide}{$\\displaystyle #1$}%\n"
      "  \\ifdim\\wd\\wide>\\linewidth\\resizebox{\\linewidth}{!}{\\usebox{\\wide}}\\else\\usebox{\\wide}\\fi}\n"
      "\\begin{document}\n" +
      math::latex_words(introduction(module)) + "\n";
  for (const Section& section : write_equations(module, evaluation)) text += section_latex(section);
  return text + "\\end{document}\n";
}

std::string derive_html(const ir::limit::Module& module, const Evaluation& evaluation) {
  std::string text = "<p>" + math::html_words(introduction(module)) + "</p>\n";
  for (const Section& section : write_equations(module, evaluation)) text += section_html(section);
  return text;
}

std::string derive_json(const ir::limit::Module& module, const Evaluation& evaluation) {
  using Json = nlohmann::ordered_json;
  Json sections = Json::array();
  for (const Section& section : write_equations(module, evaluation)) {
    Json equations = Json::array();
    for (const Equation& equation : section.equations) {
      Json entry{{"left", math::render_text(equation.left)},
                 {"right", math::render_text(equation.right)},
                 {"latex", math::render_latex(equation.left) + " = " + math::render_latex(equation.right)},
                 {"mathml", "<math>" + math::render_mathml(equation.left) + "<mo>=</mo>" +
                                math::render_mathml(equation.right) + "</math>"}};
      if (!equation.remark.empty()) entry["remark"] = equation.remark;
      equations.push_back(std::move(entry));
    }
    sections.push_back({{"title", section.title}, {"equations", std::move(equations)}});
  }
  Json vanishing = Json::array();
  for (const ir::VanishingTerm& term : module.vanishing) {
    vanishing.push_back({{"what", term.what}, {"exponent", term.exponent.str()}});
  }
  Json states = Json::array();
  for (const ir::State& state : module.states) {
    states.push_back({{"name", state.name}, {"scale", state.scale.str()}});
  }
  return Json{{"model", module.name},
              {"width", module.width},
              {"states", states},
              {"sections", sections},
              {"vanishing", vanishing}}
      .dump(2);
}

}  // namespace tpc::equations
