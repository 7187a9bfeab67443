/// \file Printed mathematics for web pages: MathML Core, which browsers show without scripts or fonts of the page's
/// own.
#pragma once

#include <string>

#include "equations/math.h"

namespace tpc::equations::math {

std::string html_escaped(const std::string& text);

/// What stands inside of <math>.
std::string render_mathml(const Math& m);

/// Plain words; what is between backquotes, powers (n^(-1/2), W^T) and arrows are mathematics, as in latex_words.
std::string html_words(const std::string& text);

/// <div class="equation"> with a span `left` and a span `right`. Every term of a sum is a formula of its own: a line
/// may be broken between them.
std::string html_equation(const Equation& equation);

}  // namespace tpc::equations::math
