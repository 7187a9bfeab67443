/// \file A small tree for printed mathematics, rendered as text, LaTeX or MathML (html.h). Knows nothing of the IR.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tpc::equations::math {

enum class Shape {
  number,       ///< value
  symbol,       ///< accent^{name}_{subscripts}; accent empty: name_{subscripts}
  sum,          ///< sum over name (e.g. "s<t") of parts[0]
  expectation,  ///< E[parts[0]]
  derivative,   ///< d parts[0] / d parts[1]
  product,      ///< parts side by side
  plus,         ///< parts added; a negated part is subtracted
  negate,       ///< -parts[0]
  quotient,     ///< parts[0] / parts[1]
  power,        ///< parts[0] ^ name
  function,     ///< name_{subscripts}(parts...)
  words,        ///< plain language
};

struct Math {
  Shape shape = Shape::number;
  double value = 0.0;
  std::string accent;  ///< "Z", "hatZ", "dotZ"
  std::string name;
  std::vector<std::string> subscripts;
  std::vector<Math> parts;
  friend bool operator==(const Math& a, const Math& b) = default;
};

Math number(double value);
Math symbol(std::string accent, std::string name, std::vector<std::string> subscripts);
Math words(std::string text);
Math sum(std::string range, Math body);
Math expectation(Math body);
Math derivative(Math of, Math by);
Math function(std::string name, std::vector<Math> arguments);
Math power(Math base, int exponent);
Math negate(Math a);  ///< folds a double negation and negative numbers
Math quotient(Math a, Math b);
Math product(
    std::vector<Math> factors);  ///< flattens, drops factors 1, is 0 if one is, pulls signs and numbers to the front
Math plus(std::vector<Math> terms);  ///< flattens, gathers terms that differ by a number, drops terms 0

/// Writes `by` for every such symbol.
void substitute(Math& m, const Math& symbol, const Math& by);

/// One printed line: left = right, or only words.
struct Equation {
  Math left, right;
  std::string remark;  ///< plain language behind the equation
};

struct Section {
  std::string title;
  std::string preface;
  std::vector<Equation> equations;
};

std::string render_text(const Math& m);
std::string render_latex(const Math& m);
/// "left = right" for display mathematics, broken before terms of a sum where it is long. It needs amsmath and the
/// command
/// \\fitted{..}, which scales what is still too wide down to the line.
std::string render_latex_display(const Equation& equation);
/// A user's name in math mode: z1 as z_{1}, Greek letters by their commands, other words upright.
std::string latex_name(const std::string& name);
/// Plain words for LaTeX: special characters escaped; what is between backquotes, powers (n^(-1/2), W^T) and arrows are
/// mathematics.
std::string latex_words(const std::string& text);

}  // namespace tpc::equations::math
