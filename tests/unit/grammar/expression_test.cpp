#include "tests/unit/grammar/parsing.h"

using namespace tpc;
using namespace tpc::grammar::test;

namespace {

std::string text_of(const ast::ExpressionPtr& expression);

/// An expression with every operation in parentheses: shows precedence and associativity.
struct Parenthesizer {
  std::string operator()(const ast::Reference& node) const { return node.name.text; }
  std::string operator()(const ast::Number& node) const { return node.text; }
  std::string operator()(const ast::Text& node) const { return "'" + node.value + "'"; }
  std::string operator()(const ast::Transpose& node) const { return text_of(node.operand) + ".T"; }
  std::string operator()(const ast::Member& node) const { return text_of(node.operand) + "." + node.name.text; }
  std::string operator()(const ast::Bracket& node) const { return "[" + list_of(node.entries) + "]"; }
  std::string operator()(const ast::Negate& node) const { return "(-" + text_of(node.operand) + ")"; }
  std::string operator()(const ast::Binary& node) const {
    return "(" + text_of(node.lhs) + " " + "+-*/@"[static_cast<int>(node.op)] + " " + text_of(node.rhs) + ")";
  }
  std::string operator()(const ast::Power& node) const {
    return "(" + text_of(node.base) + "^" + (node.negative ? "-" : "") + node.exponent.text + ")";
  }
  std::string operator()(const ast::Range& node) const { return text_of(node.first) + ".." + text_of(node.last); }
  std::string operator()(const ast::Whole&) const { return ":"; }
  std::string operator()(const ast::Index& node) const {
    return text_of(node.operand) + "[" + list_of(node.indices) + "]";
  }
  std::string operator()(const ast::Call& node) const {
    std::string result = node.callee.text + "(";
    for (const ast::Argument& argument : node.arguments) {
      if (result.back() != '(') result += ", ";
      result += (argument.keyword ? argument.keyword->text + "=" : "") + text_of(argument.value);
    }
    return result + ")";
  }
  static std::string list_of(const std::vector<ast::ExpressionPtr>& expressions) {
    std::string text;
    for (const ast::ExpressionPtr& each : expressions) text += (text.empty() ? "" : ", ") + text_of(each);
    return text;
  }
};

std::string text_of(const ast::ExpressionPtr& expression) {
  REQUIRE(expression != nullptr);
  return std::visit(Parenthesizer(), expression->node);
}

ast::ExpressionPtr expression_of(const std::string& text) {
  const Parsed parsed = parse_text("model m\nconst c = " + text);
  CHECK(parsed.errors == "");
  REQUIRE(parsed.program->declarations.size() == 1);
  return std::get<ast::Constant>(parsed.program->declarations[0]).value;
}

std::string read(const std::string& text) { return text_of(expression_of(text)); }

/// Errors of the expression, whose text begins in column 11.
std::string error(const std::string& text) { return errors_in("const c = " + text); }

}  // namespace

TEST_CASE("expressions: several indices, and all of a dimension") {
  CHECK(read("W[l, m + 1].T @ z") == "(W[l, (m + 1)].T @ z)");
  CHECK(read("U[:, i] * s[h, 1..T]") == "(U[:, i] * s[h, 1..T])");
  CHECK(read("(W - W.T) @ z") == "((W - W.T) @ z)");
  CHECK(error("U[:, ]") == "2:16 expected: expected an expression, found `]`");
  CHECK(error("U[1 2]") == "2:15 expected: expected `]`, found `2`\n  note: to close this `[`");
  CHECK(error(":") == "2:11 expected: expected an expression, found `:`");
}

TEST_CASE("expressions: precedence and associativity") {
  CHECK(read("a + b - c") == "((a + b) - c)");
  CHECK(read("a + b * c") == "(a + (b * c))");
  CHECK(read("a / b * c @ d") == "(((a / b) * c) @ d)");
  CHECK(read("(a + b) * c") == "((a + b) * c)");
  CHECK(read("-W @ z + b") == "((-(W @ z)) + b)");
  CHECK(read("a - -b * c") == "(a - (-(b * c)))");
  CHECK(read("a * -b / c") == "((a * (-b)) / c)");
  CHECK(read("-u^2") == "(-(u^2))");
  CHECK(read("2 * u ^ -3") == "(2 * (u^-3))");
  CHECK(read("W.T.T @ z") == "(W.T.T @ z)");
  CHECK(read("f(x).T^2") == "(f(x).T^2)");
}

TEST_CASE("expressions: calls, keyword arguments, texts and ranges") {
  CHECK(read("f()") == "f()");
  CHECK(read("mse(net(x), y)") == "mse(net(x), y)");
  CHECK(read("sgd(lr = 0.5, momentum = -a)") == "sgd(lr=0.5, momentum=(-a))");
  CHECK(read("shuffled(32, seed = 1)") == "shuffled(32, seed=1)");
  CHECK(read("csv(\"a\\tb \\\"c\\\" \\\\.csv\", rows = 1..1400)") == "csv('a\tb \"c\" \\.csv', rows=1..1400)");
}

TEST_CASE("expressions: every node has the span of its text") {
  const std::string text = "model m\nconst c = -(a + b) * f(x, y = 1).T ^ 2";
  const auto expression = expression_of(text.substr(text.find("= ") + 2));
  const auto written = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
  CHECK(written(expression->span) == "-(a + b) * f(x, y = 1).T ^ 2");
  const auto& product = *std::get<ast::Negate>(expression->node).operand;
  CHECK(written(product.span) == "(a + b) * f(x, y = 1).T ^ 2");
  const auto& binary = std::get<ast::Binary>(product.node);
  CHECK(written(binary.op_span) == "*");
  CHECK(written(binary.lhs->span) == "(a + b)");
  CHECK(written(binary.rhs->span) == "f(x, y = 1).T ^ 2");
  const auto& power = std::get<ast::Power>(binary.rhs->node);
  CHECK(written(power.exponent.span) == "2");
  CHECK(written(power.base->span) == "f(x, y = 1).T");
  const auto& call = *std::get<ast::Transpose>(power.base->node).operand;
  CHECK(written(call.span) == "f(x, y = 1)");
  CHECK(written(std::get<ast::Call>(call.node).callee.span) == "f");
  CHECK(written(std::get<ast::Call>(call.node).arguments[1].keyword->span) == "y");
}

TEST_CASE("expressions: fields of groups, and lists of names") {
  CHECK(read("support.x.T @ s.y") == "(support.x.T @ s.y)");
  CHECK(read("npy(axes = [class, item])") == "npy(axes=[class, item])");
}

TEST_CASE("expressions: errors stand where they are") {
  CHECK(error("") == "2:10 expected: expected an expression, found end of line");
  CHECK(error("a +") == "2:14 expected: expected an expression, found end of line");
  CHECK(error("a * / b") == "2:15 expected: expected an expression, found `/`");
  CHECK(error("a b") == "2:13 expected: expected end of line, found `b`");
  CHECK(error("u ^ x") == "2:15 expected: expected a number, found `x`");
  CHECK(error("u ^ 2 ^ 3") == "2:17 expected: expected end of line, found `^`");
  CHECK(error("W.3 ") == "2:12 expected: expected end of line, found `.3`");
  CHECK(error("W.(3)") == "2:13 expected: expected `T`, the transpose, or a field, found `(`");
  CHECK(error("f(a, )") == "2:16 expected: expected an argument, found `)`");
  CHECK(error("f(a = )") == "2:17 expected: expected an expression, found `)`");
  CHECK(error("f(a b)") == "2:15 expected: expected `,` or `)`, found `b`\n  note: to close this `(`");
  CHECK(error("(a + b") == "2:17 expected: expected `)`, found end of line\n  note: to close this `(`");
  CHECK(error("a + {b}") == "2:15 expected: expected an expression, found `{`");
}

TEST_CASE("expressions: indices") {
  const std::string text = "model m\nconst c = f(W[ l - 1 ].T)";
  const Parsed parsed = parse_text(text);
  CHECK(parsed.errors == "");
  const auto& call = std::get<ast::Call>(std::get<ast::Constant>(parsed.program->declarations.at(0)).value->node);
  const auto& transpose = std::get<ast::Transpose>(call.arguments.at(0).value->node);
  const Span span = transpose.operand->span;
  CHECK(text.substr(span.begin, span.end - span.begin) == "W[ l - 1 ]");
  CHECK(error("x[1") == "2:14 expected: expected `]`, found end of line\n  note: to close this `[`");
  CHECK(error("x[]") == "2:13 expected: expected an expression, found `]`");
}
