#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <random>
#include <set>

#include "ir/core/text_format.h"
#include "ir/limit/ir.h"
#include "ir/tp/ir.h"
#include "tests/unit/ir/samples.h"

namespace tpc::ir {
namespace {

template <class Result, class ModuleType>
const ModuleType& parsed(const Result& result) {
  if (const auto* error = std::get_if<1>(&result)) FAIL(error->line << ":" << error->column << ": " << error->message);
  return std::get<0>(result);
}
tp::Module parse_tp(const std::string& text) {
  auto result = tp::parse(text);
  return parsed<decltype(result), tp::Module>(result);
}
limit::Module parse_limit(const std::string& text) {
  auto result = limit::parse(text);
  return parsed<decltype(result), limit::Module>(result);
}

template <class Module>
std::set<size_t> operations_of(const Module& module) {
  std::set<size_t> result;
  for (const auto& function : module.functions) {
    for (const auto& instruction : function.body) result.insert(instruction.op.index());
  }
  return result;
}

TEST_CASE("the samples hold every operation, verify, and round-trip byte for byte") {
  const tp::Module tp_module = parse_tp(test::tp_sample);
  CHECK(operations_of(tp_module).size() == std::variant_size_v<tp::Op> - 1);
  CHECK(tp::verify(tp_module) == std::vector<std::string>{});
  CHECK(tp::print(tp_module) == test::tp_sample);
  const limit::Module limit_module = parse_limit(test::limit_sample);
  CHECK(operations_of(limit_module).size() == std::variant_size_v<limit::Op> - 1);
  CHECK(limit::verify(limit_module) == std::vector<std::string>{});
  CHECK(limit::print(limit_module) == test::limit_sample);
}

TEST_CASE("a parsed module holds what the text says") {
  const tp::Module module = parse_tp(test::tp_sample);
  CHECK(module.name == "two words");
  CHECK(module.dims.at(1) == Dimension{"B'", {}, DimId(0)});
  CHECK(module.dims.at(2) == Dimension{"d", 784});
  const State& input = module.states.at(0);
  CHECK(input.init == Init{InitKind::gaussian, 1.5});
  CHECK(input.a == Rational(-1, 2));
  CHECK(input.c == Rational(-1));
  CHECK(module.states.at(3).name == "V out");
  CHECK(module.states.at(3).role == Role::output);
  CHECK(module.states.at(3).scale == Exponent(Rational(-1, 2)));
  CHECK_FALSE(module.states.at(5).scale.finite());
  CHECK(module.vanishing.at(1).what == "line\nbreak \"quoted\" \\ \x01");
  const tp::Function& step = module.functions.at(0);
  CHECK(step.result("gram matrix") == ValueId(24));
  CHECK(std::get<tp::Matmul>(step.body.at(10).op).transposed);
  CHECK(std::get<Map>(step.body.at(11).op).power == -2);
  CHECK_FALSE(std::get<tp::Moment>(step.body.at(25).op).rhs.valid());
}

TEST_CASE("the example of the README is a module") {
  std::ifstream readme(TPC_SOURCE_DIR "/ir/README.md");
  REQUIRE(readme.good());
  std::string example;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("    ")) example += line.substr(4) + "\n";
  }
  const tp::Module module = parse_tp(example);
  CHECK(tp::verify(module) == std::vector<std::string>{});
  CHECK(module.functions.at(0).body.size() == 6);
}

TEST_CASE("comments, blank lines and spacing are the reader's, not the module's") {
  const std::string text =
      "// a comment\n\n\r\ntp   module m width n // another\n\ndim B=?\nfunction f {\n  // nothing\n"
      "\n %0 = constant value = 5e-1 :scalar\n\n result r=%0\n}// end";
  CHECK(tp::print(parse_tp(text)) ==
        "tp module m width n\ndim B = ?\n\nfunction f {\n  %0 = constant value=0.5 : scalar\n  result r = %0\n}\n");
}

TEST_CASE("a scale is printed where there is one") {
  const std::string text =
      "tp module m width n\nstate @w : vector = gaussian(1) role=vector a=1/2 b=0 c=0\n\nfunction f {\n"
      "  %0 = read state=@w : vector\n"
      "  %1 h = moment lhs=%0 : scalar scale=-1/2\n"
      "  result r = %1\n}\n";
  tp::Module module = parse_tp(text);
  CHECK(module.functions.at(0).body.at(0).scale.is_zero());
  CHECK(module.functions.at(0).body.at(1).scale == Rational(-1, 2));
  CHECK(tp::verify(module).empty());
  CHECK(tp::print(module) == text);
  module.functions.at(0).body.at(1).scale = 0;
  CHECK(tp::print(module).find("scale") == std::string::npos);
  const auto twice = tp::parse(test::replaced(text, "scale=-1/2", "scale=-1/2 scale=1"));
  REQUIRE(twice.index() == 1);
  CHECK(std::get<1>(twice).message == "expected the end of the line");
}

TEST_CASE("numbers and names survive, whatever they are") {
  const unsigned seed = 20240611;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 500; ++round) {
    tp::Module module;
    std::string name;
    for (uint64_t length = random() % 6, i = 0; i < length; ++i) name += static_cast<char>(random() % 256);
    module.name = name;
    module.dims.push_back({name, {}});
    module.functions.emplace_back().key = FunctionKey(name);
    tp::Builder build(module, module.functions.front());
    build.name_next(name);
    double value = std::bit_cast<double>(random());
    if (round == 0) value = std::numeric_limits<double>::infinity();
    if (round == 1) value = -0.0;
    build.constant(value);
    build.input(name, {DimId(0)});
    const std::string text = tp::print(module);
    CAPTURE(text);
    const tp::Module again = parse_tp(text);
    CHECK(tp::print(again) == text);
    CHECK(again.name == name);
    CHECK(again.functions.front().body.front().name == name);
    const double read = std::get<Constant>(again.functions.front().body.front().op).value;
    CHECK((std::bit_cast<uint64_t>(read) == std::bit_cast<uint64_t>(value) || (std::isnan(read) && std::isnan(value))));
  }
}

TEST_CASE("errors carry line, column and a message") {
  auto error = [](const std::string& from, const std::string& to) {
    auto result = tp::parse(test::replaced(test::tp_sample, from, to));
    REQUIRE(result.index() == 1);
    const auto& e = std::get<1>(result);
    return std::to_string(e.line) + ":" + std::to_string(e.column) + ": " + e.message;
  };
  CHECK(error("tp module", "limit module") == "1:1: expected 'tp'");
  CHECK(error("dim B' = ?", "dim B = ?") == "3:5: dimension B is declared twice");
  CHECK(error("twin=B", "twin=C") == "3:17: unknown dimension C");
  CHECK(error("dim d = 784", "dim d = 784 twin=B") == "4:13: expected the end of the line");
  CHECK(error("dim d = 784", "dim d = 1.5") == "4:9: expected a size or '?'");
  CHECK(error("state @W", "state @U") == "7:8: state @U is declared twice");
  CHECK(error("role=hidden", "role=middle") == "7:38: expected a role");
  CHECK(error("a=-1/2", "a=-0.5") == "6:51: expected a rational");
  CHECK(error("dim=B", "dim=C") == "19:21: unknown dimension C");
  CHECK(error("state=@U", "state=@X") == "21:20: unknown state @X");
  CHECK(error("h¹ = contract", "h¹ = kontract") == "22:11: unknown operation 'kontract'");
  CHECK(error("rhs=%0 over=[d]", "roh=%0 over=[d]") == "22:27: the operation has no field 'roh'");
  CHECK(error("rhs=%0 over=[d]", "lhs=%0 over=[d]") == "22:27: a field is given twice");
  CHECK(error("%5 = read", "%6 = read") == "21:6: expected %5: instructions are numbered in order");
  CHECK(error("fn=tanh", "fn=tan") == "23:21: expected a primitive");
  CHECK(error("\"x 1\"", "\"x 1") == "23:6: a quoted name does not end on its line");
  CHECK(error("\\x01", "\\y01") == "13:11: unknown escape in a quoted name");
  CHECK(error("%2 = constant", "$2 = constant") == "18:3: unexpected character");
  CHECK(error(": scalar[B, d]\n", ": scalar[B, d] more\n") == "16:39: expected the end of the line");
  CHECK(error("transposed=true", "transposed=1") == "26:44: expected true or false");
  CHECK(error("result loss = %16", "result loss = %4294967295") == "53:18: expected a value's number");
}

TEST_CASE("an id no text can name prints without harm") {
  tp::Module module;
  module.name = "m";
  module.functions.emplace_back().key = FunctionKey("f");
  module.functions.front().body.push_back({Read{StateId(9)}, {Kind::vector, {DimId(4)}}, "", {}, {}});
  CHECK(tp::print(module).find("read state=@? : vector[?]") != std::string::npos);
}

}  // namespace
}  // namespace tpc::ir
