// words.def against the lists of what there is.
#include "frontend/sema/words.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "frontend/sema/builtins.h"
#include "frontend/sema/losses.h"
#include "frontend/sema/optimizer.h"

namespace tpc::sema {
namespace {

std::set<std::string> words_of(WordRole role) {
  std::set<std::string> found;
  for (const Word& word : words()) {
    if (word.role == role) found.emplace(word.word);
  }
  return found;
}

std::set<std::string> set_of(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

/// "leaky_relu(x, alpha)", "layernorm(h, eps = 1e-5)": the names of the parameters.
std::vector<std::string> parameters_in(std::string_view usage) {
  std::vector<std::string> names;
  std::string name;
  bool in_value = false;
  for (const char c : usage.substr(usage.find('(') + 1)) {
    if (c == ',' || c == ')') {
      names.push_back(name);
      name.clear();
      in_value = false;
    } else if (c == '=') {
      in_value = true;
    } else if (c != ' ' && !in_value) {
      name += c;
    }
  }
  return names;
}

}  // namespace

TEST_CASE("every word of a list of the checker is described where it stands") {
  CHECK(words_of(WordRole::function) == set_of(builtin_function_names()));
  CHECK(words_of(WordRole::loss) == set_of(loss_names()));
  CHECK(words_of(WordRole::optimizer) == set_of(optimizer_names()));
  std::set<std::string> parametrizations = {"custom"};
#define TPC_PARAMETRIZATION(name, ...) parametrizations.insert(name);
#include "frontend/sema/parametrizations.def"
  CHECK(words_of(WordRole::parametrization) == parametrizations);
  const std::set<std::string> sources = words_of(WordRole::source);
#define TPC_DATA_SOURCE(kind, one_field) CHECK(sources.contains(#kind));
#include "frontend/sema/data_sources.def"
}

TEST_CASE("functions are shown with the parameters that they have") {
  for (const Word& word : words()) {
    if (word.role != WordRole::function) continue;
    const auto parameters = builtin_parameters(std::string(word.word));
    if (!parameters) continue;  // arguments that are no list of values
    std::vector<std::string> names;
    for (const ParameterSpec& parameter : *parameters) names.push_back(parameter.name);
    CAPTURE(word.word);
    CHECK(parameters_in(word.usage) == names);
  }
}

TEST_CASE("a word stands once in each of its places, and is described") {
  std::set<std::pair<WordRole, std::string_view>> seen;
  for (const Word& word : words()) {
    CAPTURE(word.word);
    CHECK(seen.emplace(word.role, word.word).second);
    CHECK(!word.text.empty());
    CHECK(word.usage.find(word.word) != std::string_view::npos);
  }
}

}  // namespace tpc::sema
