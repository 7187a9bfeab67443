// Mutations of a whole example: no mutant crashes or hangs the parser, and each parses or has a diagnostic.
#include <chrono>
#include <random>
#include <sstream>

#include "tests/unit/grammar/parsing.h"

using namespace tpc;
using namespace tpc::grammar::test;

namespace {

constexpr const char* example = R"(# Two hidden layers, maximal update parametrization.
model mlp
width n
dim d = 2
dim k = 1
const alpha = 0.5
param U : [n, d]  init normal(std = 1)
param W : [n, n]  init normal(std = 1.4)
param b : [n]     init zero
param V : [k, n]  init normal(std = 1)
fn swish(u) = u * sigmoid(alpha * u) - u ^ 3 / 2
def net(x : [d]) -> [k] {
  z1 = tanh(U @ x + b)   # η₁
  z2 = swish(W.T @ z1)
  return V @ (z2 + -z1)
}
data train : x[d], y[k] {
   1.0  0.3    1.0
  -0.4  0.8e-2 -1.0
}
data test : x[d] = csv("te\"st.csv", rows = 1..1400)
train {
  data = train
  loss = mse(net(x), y)
  optimizer = sgd(lr = 0.5)
  batch = 32 shuffled(seed = 1)
  steps = 5
}
observe net(x) on train, test
observe gram(z2)
  on test
parametrization custom {
  U : a = -1/2, b = 1/2
  W : a = 1/4,  b = 1/4
  lr : c = 0
}
)";

constexpr unsigned seed = 20240611;

/// The text in parts that the token mutations shuffle: words, numbers, single symbols and runs of blanks.
std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  const auto is_word = [](char character) { return std::isalnum(static_cast<unsigned char>(character)) != 0; };
  for (const char character : text) {
    if (!parts.empty() && is_word(character) && is_word(parts.back().back())) {
      parts.back() += character;
    } else {
      parts.emplace_back(1, character);
    }
  }
  return parts;
}

class Mutator {
 public:
  explicit Mutator(unsigned seed_) : random_(seed_) {}

  std::string mutate(std::string text) {
    const size_t changes = 1 + below(3);
    for (size_t change = 0; change < changes && !text.empty(); ++change) text = mutate_once(text);
    return text;
  }

 private:
  size_t below(size_t bound) { return random_() % std::max<size_t>(1, bound); }

  std::string mutate_once(std::string text) {
    const size_t at = below(text.size());
    const size_t length = std::min(1 + below(40), text.size() - at);
    switch (below(7)) {
      case 0: text[at] = static_cast<char>(static_cast<unsigned>(text[at]) ^ (1U << below(8))); return text;
      case 1: text[at] = static_cast<char>(below(256)); return text;
      case 2: return text.erase(at, length);
      case 3: return text.insert(below(text.size()), std::string(text, at, length));
      case 4: return text.substr(0, at);
      case 5: return swap_parts(text);
      default: return repeat_symbol(text, at);
    }
  }

  std::string swap_parts(const std::string& text) {
    std::vector<std::string> parts = parts_of(text);
    const size_t first = below(parts.size());
    const size_t second = below(parts.size());
    std::swap(parts[first], parts[second]);
    std::string result;
    for (const std::string& part : parts) result += part;
    return result;
  }

  std::string repeat_symbol(std::string text, size_t at) {
    constexpr std::string_view symbols = "()[]{},:=+-*/@^.;\"#\n";
    const size_t count = 1 + below(2000);
    return text.insert(at, std::string(count, symbols[below(symbols.size())]));
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("malformed: the example itself parses") { CHECK(parse_text(example).errors == ""); }

TEST_CASE("malformed: 2000 mutants parse or have a diagnostic, with places inside the text") {
  MESSAGE("seed " << seed);
  Mutator mutator(seed);
  size_t failed = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int round = 0; round < 2000; ++round) {
    const std::string text = mutator.mutate(example);
    CAPTURE(round);
    CAPTURE(text);
    const diag::Source source("mutant.tp", text);
    diag::Engine engine;
    const auto program = grammar::parse(source, engine);
    REQUIRE((program != nullptr || engine.has_errors()));
    if (program != nullptr) CHECK(!ast::print(*program).empty());
    std::ostringstream printed;
    diag::print(printed, source, engine, false);
    CHECK(printed.str().empty() == engine.all().empty());
    for (const diag::Diagnostic& diagnostic : engine.all()) {
      if (diagnostic.has_span)
        CHECK((diagnostic.span.begin <= diagnostic.span.end && diagnostic.span.end <= text.size()));
    }
    failed += engine.has_errors() ? 1 : 0;
  }
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  CHECK(std::chrono::duration<double>(elapsed).count() < 60.0);
  CHECK(failed > 1000);  // else the mutations are too tame to show anything
}
