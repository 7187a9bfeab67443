// What `tpc format` promises: the same program, the same comments, a fixed point, and the style of the examples.
#include "frontend/format/format.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "frontend/ast/printer.h"
#include "grammar/lexical.h"
#include "grammar/parse.h"

namespace tpc::test {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> formatted(const std::string& text) {
  diag::Engine diagnostics;
  return format::format_source(diag::Source("test.tp", text), diagnostics);
}

std::string tree_of(const std::string& text) {
  diag::Engine diagnostics;
  return ast::print(*grammar::parse(diag::Source("test.tp", text), diagnostics));
}

/// A text as its words and what lies between them.
struct Pieces {
  std::vector<std::string> words, between;  ///< between[i] stands before words[i], the last behind all
};

Pieces pieces_of(const std::string& text) {
  diag::Engine diagnostics;
  const diag::Source source("test.tp", text);
  Pieces pieces;
  size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (const grammar::Token& token : grammar::tokenize(source, diagnostics)) {
    if (token.text.empty()) continue;
    pieces.between.push_back(text.substr(at, token.begin - at));
    pieces.words.emplace_back(token.text);
    at = token.begin + token.text.size();
  }
  pieces.between.push_back(text.substr(at));
  return pieces;
}

/// Comments, in their order, without blanks at their ends.
std::vector<std::string> comments_of(const std::string& text) {
  std::vector<std::string> comments;
  for (const std::string& between : pieces_of(text).between) {
    std::istringstream lines(between);
    for (std::string line; std::getline(lines, line);) {
      const size_t begin = line.find('#');
      if (begin == std::string::npos) continue;
      comments.push_back(line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin));
    }
  }
  return comments;
}

/// Whether two words next to each other would be read otherwise, or are told apart by a space in rows.
bool need_space(const std::string& before, const std::string& after) {
  const auto runs_on = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || (c & 0x80) != 0;
  };
  return !before.empty() && runs_on(before.back()) && runs_on(after.front());
}

/// The text with other blanks: `blanks(needed)` gives those between two words on a line, and before a comment.
template <typename Blanks>
std::string with_blanks(const std::string& text, const Blanks& blanks) {
  const Pieces pieces = pieces_of(text);
  std::string result, before;
  for (size_t i = 0; i < pieces.between.size(); ++i) {
    const std::string& between = pieces.between[i];
    const std::string after = i < pieces.words.size() ? pieces.words[i] : "";
    if (between.find_first_of("#\n") == std::string::npos) {
      const bool needed = !after.empty() && need_space(before, after);
      result += i == 0 || after.empty() ? "" : blanks(needed);
    } else {
      std::istringstream lines(between);
      bool first = true;
      for (std::string line; std::getline(lines, line); first = false) {
        if (!first) result += "\n";
        const size_t begin = line.find('#');
        if (begin != std::string::npos) result += blanks(false) + line.substr(begin);
      }
      if (between.back() == '\n') result += "\n";
      result += blanks(false);  // the indentation
    }
    result += before = after;
  }
  return result;
}

std::vector<std::string> programs(const std::vector<std::string>& folders) {
  std::vector<std::string> texts;
  for (const std::string& folder : folders) {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(TPC_SOURCE_DIR) / folder)) {
      if (entry.path().extension() == ".tp") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
      std::ifstream file(path);
      std::ostringstream content;
      content << file.rdbuf();
      texts.push_back(content.str());
    }
  }
  return texts;
}

void check_promises(const std::string& text) {
  const auto once = formatted(text);
  if (!once) return;  // it has an error of the grammar: left alone
  CAPTURE(text);
  CHECK(tree_of(*once) == tree_of(text));
  CHECK(pieces_of(*once).words == pieces_of(text).words);
  CHECK(comments_of(*once) == comments_of(text));
  CHECK(formatted(*once) == once);
}

TEST_CASE("the examples and the library are written as format writes them") {
  for (const std::string& text : programs({"examples", "library"})) CHECK(formatted(text) == text);
}

TEST_CASE("programs with other blanks: the same tree, words and comments, and a fixed point") {
  constexpr unsigned seed = 5120;
  CAPTURE(seed);
  std::mt19937 generator(seed);
  const auto squeezed = [](bool needed) { return std::string(needed ? " " : ""); };
  const auto doubled = [](bool) { return std::string("  "); };
  const auto random = [&](bool needed) {
    std::string blanks(needed ? 1 : 0, ' ');
    for (size_t more = generator() % 5; more > 0; --more) blanks += generator() % 4 == 0 ? "\t" : " ";
    return blanks;
  };
  for (const std::string& text : programs({"examples", "library", "tests", "bench"})) {
    check_promises(text);
    check_promises(with_blanks(text, squeezed));
    check_promises(with_blanks(text, doubled));
    check_promises(with_blanks(text, random));
  }
}

TEST_CASE("the examples come back from any blanks within their lines") {
  constexpr unsigned seed = 5121;
  CAPTURE(seed);
  std::mt19937 generator(seed);
  for (const std::string& text : programs({"examples", "library"})) {
    for (int trial = 0; trial < 3; ++trial) {
      const auto random = [&](bool needed) { return std::string((needed ? 1 : 0) + generator() % 4, ' '); };
      CHECK(formatted(with_blanks(text, random)) == text);
    }
  }
}

TEST_CASE("spaces within a line") {
  const auto line = [](const std::string& text) { return *formatted(text + "\n"); };
  CHECK(line("const a=-b*( c+-d )/e^ -2") == "const a = -b * (c + -d) / e ^ -2\n");
  CHECK(line("def f(x:[n],s=1)->[k]{h[i , j]=W [l-1] .T@x[ : ,i];return -V@h[1 .. 2*T]}") ==
        "def f(x : [n], s = 1) -> [k] { h[i, j] = W[l - 1].T @ x[:, i]; return -V @ h[1..2 * T] }\n");
  CHECK(line("def f(x){for i in(1)..3{z=- -x};adapt V=sgd(lr=1)on(-x);return(z)}") ==
        "def f(x) { for i in (1)..3 { z = --x }; adapt V = sgd(lr = 1) on (-x); return (z) }\n");
  CHECK(line("width m=3/2 n/8") == "width m = 3/2 n / 8\n");
  CHECK(line("param U[1 ..L]:[n,d]init-c lr-1") == "param U[1..L] : [n, d]  init -c  lr -1\n");
  CHECK(line("observe(a)on train,test") == "observe (a) on train, test\n");
  CHECK(line("data t:w in words,c[ .. 16]in words=f(\"a\" .. \"b\",x=[a , b])") ==
        "data t : w in words, c[..16] in words = f(\"a\"..\"b\", x = [a, b])\n");
  CHECK(line("parametrization custom{W[2]:a=-1/2,b=1 / 4}") == "parametrization custom { W[2] : a = -1/2, b = 1/4 }\n");
  CHECK(line("parametrization custom{}") == "parametrization custom { }\n");
  CHECK(line("data t:x{1 -2,+3;-4}") == "data t : x { 1 -2, +3; -4 }\n");
  CHECK(line("const a = 2 .T + f(1. ..3)") == "const a = 2 .T + f(1. ..3)\n");
}

TEST_CASE("lines that go on: below the bracket, below the first field, or two steps in") {
  CHECK(formatted("data a : x = npy(\"b\",\n    w = csv(1,\n 2),\n   t = 4\n)\n") ==
        "data a : x = npy(\"b\",\n                 w = csv(1,\n                         2),\n                 t = 4\n  "
        "   "
        "           )\n");
  CHECK(formatted("const a = f(\n1,  # one\n# two\n2\n)\n") ==
        "const a = f(\n  1,                                      # one\n  # two\n  2\n)\n");
  CHECK(formatted("def f(x)\n{\nz = x +\ny\nreturn z\n}\n") == "def f(x)\n{\n  z = x +\n    y\n  return z\n}\n");
  CHECK(formatted("data a : x =\ncsv(\"a\"),\ny = csv(\"b\")\n") ==
        "data a : x =\n  csv(\"a\"),\n         y = csv(\"b\")\n");
  CHECK(formatted("param W : [n]\ninit zero\n") == "param W : [n]\n  init zero\n");
}

TEST_CASE("numbers stand in columns: by their points, with gaps where fields end") {
  CHECK(formatted("dim T = 2\ndim d = T\ndata a : x[T, d], y {\n1 .5 10 1e-3 4\n-1.25 0 2 3 -4\n}\n") ==
        "dim T = 2\ndim d = T\ndata a : x[T, d], y {\n"
        "   1      .5    10  1e-3     4\n"
        "  -1.25  0       2  3       -4\n"
        "}\n");
  CHECK(formatted("data a : x[2] {\n1, 2 # c\n\n\n10 3 4\n}\n") ==
        "data a : x[2] {\n   1, 2                                   # c\n\n  10  3 4\n}\n");
  CHECK(formatted("dim d = f(2)\ndata a : x[d], y {\n1 2 3\n}\n") == "dim d = f(2)\ndata a : x[d], y {\n  1 2 3\n}\n");
}

TEST_CASE("comments: in one column, or where the line is too long right behind it") {
  const std::string gap(30, ' ');
  CHECK(formatted("const a = 1 # a\nconst b = 2   # b\n              # more of b\n  # own\n") ==
        "const a = 1" + gap + " # a\nconst b = 2" + gap + " # b\n" + std::string(42, ' ') + "# more of b\n# own\n");
  const std::string sum = "const a = 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1";
  CHECK(formatted(sum + "# long\n") == sum + "  # long\n");
}

TEST_CASE("ends of lines, blank lines, and what is no text") {
  CHECK(formatted("") == "");
  CHECK(formatted("\n\n \n") == "");
  CHECK(formatted("# only\n\n\n\n#this ") == "# only\n\n#this\n");
  CHECK(formatted("width n\r\n\r\n\r\ndim  d=2 # c \r\n") ==
        "width n\r\n\r\ndim d = 2                                 # c\r\n");
  CHECK(formatted("\xEF\xBB\xBFwidth n") == "width n\n");
  CHECK(formatted("\tconst\tσ₁\t=\t1\f\n") == "const σ₁ = 1\n");
  CHECK_FALSE(formatted("const a = = 1\n").has_value());
  CHECK_FALSE(formatted("const a = \"open\n").has_value());
}

TEST_CASE("long lines and deep nesting take neither time nor memory") {
  const std::string name(200000, 'a');
  std::string text = "param " + name + " : [n] init zero\ndata d : x = f(\"" + name + "\", g(1,\n";
  for (int i = 0; i < 2000; ++i) text += "2,\n";
  text += "3))\n\n";
  for (int i = 0; i < 2000; ++i) text += "param b : [n] init zero # c\n";
  text += "const c = " + std::string(190, '(') + "1" + std::string(190, ')') + "\n";
  const auto result = formatted(text);
  REQUIRE(result.has_value());
  CHECK(result->size() < 2 * text.size());
  check_promises(text);
}

}  // namespace
}  // namespace tpc::test
