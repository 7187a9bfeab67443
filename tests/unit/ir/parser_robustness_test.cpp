#include <doctest/doctest.h>

#include <random>

#include "ir/limit/ir.h"
#include "ir/tp/ir.h"
#include "tests/unit/ir/samples.h"

namespace tpc::ir {
namespace {

/// One to four edits: bytes changed, inserted or removed, lines removed, doubled or exchanged, the text cut off.
std::string mutated(std::string text, std::mt19937_64& random) {
  static const std::string bytes = "%@[](){}=:,?\"\\/\n 0129-._'abBdkW\xc3\xff";
  for (uint64_t edits = 1 + random() % 4; edits > 0 && !text.empty(); --edits) {
    const size_t place = random() % text.size();
    const size_t line_end = std::min(text.find('\n', place), text.size() - 1);
    switch (random() % 6) {
      case 0: text[place] = bytes[random() % bytes.size()]; break;
      case 1: text.insert(place, 1, bytes[random() % bytes.size()]); break;
      case 2: text.erase(place, 1 + random() % 8); break;
      case 3: text.erase(place, line_end - place + 1); break;
      case 4: text.insert(line_end + 1, text.substr(place, line_end - place + 1)); break;
      default: text.resize(place);
    }
  }
  return text;
}

/// Parses; what parses must verify without harm and, printed, be read again as the same text.
template <class Parse, class Print, class Verify>
bool survives(const std::string& text, Parse parse, Print print, Verify verify) {
  CAPTURE(text);
  auto result = parse(text);
  if (const auto* error = std::get_if<1>(&result)) {
    CHECK(error->line >= 1);
    CHECK(error->column >= 1);
    CHECK_FALSE(error->message.empty());
    return false;
  }
  verify(std::get<0>(result));
  const std::string printed = print(std::get<0>(result));
  auto again = parse(printed);
  REQUIRE(again.index() == 0);
  CHECK(print(std::get<0>(again)) == printed);
  return true;
}

TEST_CASE("mutated modules never crash the parser or the verifier") {
  const unsigned seed = 7;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  int accepted = 0, refused = 0;
  for (int round = 0; round < 2000; ++round) {
    ++(survives(mutated(test::tp_sample, random), tp::parse, tp::print, tp::verify) ? accepted : refused);
    ++(survives(mutated(test::limit_sample, random), limit::parse, limit::print, limit::verify) ? accepted : refused);
  }
  // Both outcomes must occur, or the mutations test nothing.
  CHECK(accepted > 20);
  CHECK(refused > 20);
}

TEST_CASE("every prefix of a module is read or refused") {
  for (size_t length = 0; length < test::limit_sample.size(); ++length) {
    survives(test::limit_sample.substr(0, length), limit::parse, limit::print, limit::verify);
  }
}

TEST_CASE("long and degenerate texts take linear time") {
  const size_t size = 400000;
  for (const std::string& text :
       {std::string(size, '['), std::string(size, '%'), std::string(size, '\n'), std::string(size, 'a'),
        std::string(size, '"'), std::string(size, '\0'),
        "tp module m width n\nstate @W : vector[" + std::string(size, ','),
        "tp module \"" + std::string(size + 1, '\\') + "\" width n", std::string(size, '/')}) {
    CHECK(tp::parse(text).index() == 1);
  }
  std::string wide = "tp module m width n\ndim B = ?\nfunction f {\n  %0 = map fn=add args=[%0";
  for (size_t i = 0; i < size / 4; ++i) wide += ", %0";
  wide += "] : scalar\n}\n";
  auto module = tp::parse(wide);
  REQUIRE(module.index() == 0);
  CHECK(tp::verify(std::get<0>(module)).size() == 1);
}

}  // namespace
}  // namespace tpc::ir
