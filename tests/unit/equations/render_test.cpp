// Printed mathematics: precedence, signs, names in text and LaTeX.
#include <doctest/doctest.h>

#include "equations/function_writer.h"
#include "equations/html.h"
#include "equations/math.h"
#include "ir/limit/ir.h"

namespace m = tpc::equations::math;

namespace {
m::Math z(const char* name) { return m::symbol("Z", name, {"t", "i"}); }
}  // namespace

TEST_CASE("text: parentheses only where precedence needs them") {
  m::Math a = m::symbol("", "a", {}), b = m::symbol("", "b", {}), c = m::symbol("", "c", {});
  CHECK(m::render_text(m::product({m::plus({a, b}), c})) == "(a + b) c");
  CHECK(m::render_text(m::plus({m::product({a, b}), m::negate(c)})) == "a b - c");
  CHECK(m::render_text(m::plus({a, m::negate(m::plus({b, c}))})) == "a - (b + c)");
  CHECK(m::render_text(m::quotient(m::plus({a, b}), m::product({b, c}))) == "(a + b) / (b c)");
  CHECK(m::render_text(m::power(m::plus({a, b}), 2)) == "(a + b)^2");
  CHECK(m::render_text(m::negate(m::plus({a, b}))) == "-(a + b)");
}

TEST_CASE("signs and numbers are pulled out of products and sums") {
  m::Math a = m::symbol("", "a", {});
  CHECK(m::render_text(m::product({m::number(-0.5), a, m::number(2)})) == "-a");
  CHECK(m::render_text(m::product({m::negate(a), m::negate(a)})) == "a a");
  CHECK(m::render_text(m::sum("s<t", m::product({m::number(-0.5), a}))) == "-0.5 Σ_{s<t} a");
  CHECK(m::render_text(m::plus({a, m::number(-2)})) == "a - 2");
}

TEST_CASE("symbols carry accents and subscripts") {
  CHECK(m::render_text(z("z1")) == "Z^{z1}_{t,i}");
  CHECK(m::render_latex(m::symbol("hatZ", "W z1", {"t"})) == "\\hat Z^{W\\,z_{1}}_{t}");
  CHECK(m::render_latex(m::symbol("dotZ", "W^T dz2", {})) == "\\dot Z^{W^{\\top}\\,\\mathit{dz}_{2}}");
}

TEST_CASE("a function carries the index it runs along") {
  m::Math softmax = m::function("softmax", {m::symbol("", "s", {"t", "i", "p"})});
  softmax.subscripts = {"p"};
  CHECK(m::render_text(softmax) == "softmax_{p}(s_{t,i,p})");
  CHECK(m::render_latex(softmax) == "\\operatorname{softmax}_{p}\\left({s}_{t,i,p}\\right)");
  softmax.subscripts = {"q≤p"};
  CHECK(m::render_text(softmax) == "softmax_{q≤p}(s_{t,i,p})");
  CHECK(m::render_latex(softmax) == "\\operatorname{softmax}_{q\\le p}\\left({s}_{t,i,p}\\right)");
}

TEST_CASE("LaTeX names: Greek letters, words, underscores") {
  CHECK(m::latex_name("χ") == "\\chi");
  CHECK(m::latex_name("σ2") == "\\sigma_{2}");
  CHECK(m::latex_name("C^{U x}") == "C^{U\\,x}");
  CHECK(m::latex_name("K^{query.x, all}") == "K^{\\mathit{query.x,}\\,\\mathit{all}}");
  CHECK(m::latex_name("hidden_state") == "\\mathit{hidden\\_state}");
  CHECK(m::latex_words("50% of x_1 & β") == "50\\% of x\\_1 \\& \\ensuremath{\\beta}");
}

TEST_CASE("a Gauss-Hermite sum names its nodes and weights") {
  using namespace tpc;
  ir::limit::Module module;
  module.dims = {{"Q", 8}};
  module.functions.push_back({ir::FunctionKey("f"), {}, {}});
  ir::limit::Builder b(module, module.functions.front());
  const ir::DimId q(0);
  const ir::ValueId node = b.insert(ir::limit::NormalRule{q, false});
  const ir::ValueId weight = b.insert(ir::limit::NormalRule{q, true});
  const ir::ValueId mean = b.contract(weight, b.map(ir::Primitive::Tanh, {node}), {q});
  module.functions.front().results.push_back({"mean", mean});
  const auto equations = equations::FunctionWriter(module, module.functions.front()).equations();
  REQUIRE(equations.size() == 1);
  CHECK(m::render_text(equations[0].right) == "Σ_{Q} weight_{Q} tanh(node_{Q})");
}

TEST_CASE("terms that differ by a number are gathered") {
  using namespace m;
  const m::Math own = symbol("Z", "z", {}), v = symbol("Z", "v57", {});
  CHECK(render_text(plus({own, negate(v), negate(v)})) == "Z^{z} - 2 Z^{v57}");
  CHECK(render_text(plus({own, product({number(0.5), v}), product({number(0.25), v})})) == "Z^{z} + 0.75 Z^{v57}");
  CHECK(render_text(plus({own, v, negate(own)})) == "Z^{v57}");
  CHECK(render_text(plus({number(1), negate(power(own, 2)), number(1)})) == "2 - Z^{z}^2");
}

TEST_CASE("the last bits of a number are rounding") {
  using namespace m;
  CHECK(render_text(number(0.15 * 0.15)) == "0.0225");
  CHECK(render_text(number(0.1 + 0.2)) == "0.3");
  CHECK(render_text(number(1.0 / 3)) == "0.3333333333333333");
  CHECK(render_latex(number(-1.5e-20)) == "-1.5\\cdot 10^{-20}");
}

TEST_CASE("names with subscript digits, and mathematics in prose") {
  using namespace m;
  CHECK(latex_name("σ₂") == "\\sigma_{2}");
  CHECK(latex_name("x₁₂") == "x_{12}");
  CHECK(latex_name("W^T") == "W^{\\top}");
  CHECK(latex_words("n -> infinity") == "n \\ensuremath{\\to} infinity");
  CHECK(latex_words("for all u that meet W^T") == "for all u that meet \\ensuremath{W^{\\top}}");
  CHECK(latex_words("are n^(-1/2) Z, a < b") == "are \\ensuremath{n^{-1/2}} Z, a \\ensuremath{<} b");
  CHECK(latex_words("limit of `mlp`: `W^T z1`") ==
        "limit of \\ensuremath{\\mathit{mlp}}: \\ensuremath{W^{\\top}\\,z_{1}}");
}

TEST_CASE("a long sum in display mathematics is broken before its terms") {
  using namespace m;
  std::vector<m::Math> terms;
  for (int i = 0; i < 12; ++i) terms.push_back(expectation(symbol("Z", "preactivation" + std::to_string(i), {"t"})));
  const std::string text = render_latex_display({symbol("", "f", {}), plus(terms), "a remark"});
  CHECK(text.starts_with("\\fitted{\\begin{aligned}{f} &= "));
  CHECK(text.find(" \\\\ &\\qquad + ") != std::string::npos);
  CHECK(render_latex_display({symbol("", "f", {}), plus({terms[0], terms[1]}), ""}).find("\\\\") == std::string::npos);
}

TEST_CASE("MathML: accents, scripts, signs") {
  using namespace m;
  CHECK(render_mathml(symbol("hatZ", "W", {"t"})) ==
        "<msubsup><mover accent=\"true\"><mi>Z</mi><mo stretchy=\"false\">^</mo></mover><mrow><mi>t</mi></mrow>"
        "<mrow><mi>W</mi></mrow></msubsup>");
  CHECK(render_mathml(symbol("", "K^W", {"ξ"})) ==
        "<msubsup><mrow><mi>K</mi></mrow><mrow><mi>ξ</mi></mrow><mrow><mi>W</mi></mrow></msubsup>");
  CHECK(render_mathml(symbol("", "h_1", {"i_{1,word}", "s≤t"})) ==
        "<msub><mrow><mi>h_1</mi></mrow><mrow><msub><mi>i</mi><mrow><mn>1</mn><mo>,</mo><mi>word</mi></mrow></msub>"
        "<mo>,</mo><mi>s</mi><mo>≤</mo><mi>t</mi></mrow></msub>");
  CHECK(render_mathml(number(-1.5e-20)) ==
        "<mrow><mo>−</mo><mn>1.5</mn><mo>·</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>20</mn></mrow></msup></mrow>");
  CHECK(render_mathml(plus({symbol("", "a", {}), negate(symbol("", "b", {}))})) ==
        "<mrow><mi>a</mi></mrow><mo form=\"infix\">−</mo><mrow><mi>b</mi></mrow>");
}

TEST_CASE("web pages: words escape what is markup, terms of a sum are formulas of their own") {
  using namespace m;
  CHECK(html_words("a < b & `x`, n -> infinity") == "a &lt; b &amp; <math><mi>x</mi></math>, n → infinity");
  const m::Math a = symbol("", "a", {}), b = symbol("", "b", {});
  const std::string text = html_equation({a, plus({a, b}), "for all u"});
  CHECK(text.find("<math displaystyle=\"true\"><mrow><mi>a</mi></mrow></math> <math displaystyle=\"true\"><mo") !=
        std::string::npos);
  CHECK(text.find("<span class=\"remark\">(for all u)</span>") != std::string::npos);
}
