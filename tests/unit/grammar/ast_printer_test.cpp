#include "tests/unit/grammar/parsing.h"

using namespace tpc;
using namespace tpc::grammar::test;

TEST_CASE("the tree of every form of expression") {
  CHECK(declarations_of("const c = -W.T @ f(\"a\\n\\\"\\\\\", rows = 1..2) ^ -3 / (x - 1) * 2 + y") ==
        "const c\n"
        "  binary +\n"
        "    negate\n"
        "      binary *\n"
        "        binary /\n"
        "          binary @\n"
        "            transpose\n"
        "              name W\n"
        "            power -3\n"
        "              call f\n"
        "                text \"a\\n\\\"\\\\\"\n"
        "                argument rows\n"
        "                  range\n"
        "                    number 1\n"
        "                    number 2\n"
        "          binary -\n"
        "            name x\n"
        "            number 1\n"
        "        number 2\n"
        "    name y\n");
}

TEST_CASE("a program without a model, and one expression alone") {
  CHECK(ast::print(ast::Program{}) == "model (missing)\n");
  const auto sum = std::make_shared<const ast::Expression>(ast::Expression{ast::Number{"2", {}}, {}});
  CHECK(ast::print(*sum) == "number 2\n");
  CHECK(ast::print(ast::Expression{ast::Negate{sum}, {}}) == "negate\n  number 2\n");
}
