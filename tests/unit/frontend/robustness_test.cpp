// Broken programs never crash: mutations of right ones either are right again (and lower) or give an error.
#include <doctest/doctest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "frontend/lowering/lower.h"
#include "frontend_support.h"

namespace tpc::test {
namespace {

constexpr uint32_t seed = 7;

using Generator = std::mt19937;

size_t below(Generator& generator, size_t bound) { return bound == 0 ? 0 : generator() % bound; }

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// One to three times: removes or repeats a line, replaces a word by another one, or a character by any byte.
std::string mutated(std::string text, const std::vector<std::string>& words, Generator& generator) {
  const size_t mutations = 1 + below(generator, 3);
  for (size_t i = 0; i < mutations; ++i) {
    const size_t place = below(generator, text.size());
    const size_t line_begin = text.rfind('\n', place) + 1;
    const size_t line_size = text.find('\n', place) - line_begin + 1;
    const size_t word_end = std::min(text.find_first_of(" \n", place), text.size());
    switch (below(generator, 4)) {
      case 0: text.erase(line_begin, line_size); break;
      case 1: text.insert(below(generator, text.size()), text.substr(line_begin, line_size)); break;
      case 2: text.replace(place, word_end - place, words[below(generator, words.size())]); break;
      default: text[place] = static_cast<char>(below(generator, 256)); break;
    }
  }
  return text;
}

TEST_CASE("mutations of right programs") {
  CAPTURE(seed);
  Generator generator(seed);
  std::vector<std::string> texts = {base_program};
  for (const char* name : {"mlp", "digits"}) {
    std::ifstream file(std::string(TPC_SOURCE_DIR "/examples/") + name + ".tp");
    std::ostringstream text;
    text << file.rdbuf();
    texts.push_back(text.str());
  }
  size_t refused = 0;
  for (int i = 0; i < 1500; ++i) {
    const std::string& original = texts[below(generator, texts.size())];
    const std::string text = mutated(original, words_of(original), generator);
    CAPTURE(text);
    const Checked checked = check_text(text);
    CHECK(checked.program.has_value() != checked.diagnostics.has_errors());
    CHECK_NOTHROW(checked.printed());
    refused += checked.diagnostics.has_errors() ? 1 : 0;
    if (checked.program) CHECK_NOTHROW(lowering::lower(*checked.program));
  }
  CHECK(refused > 500);
}

}  // namespace
}  // namespace tpc::test
