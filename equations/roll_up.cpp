#include "equations/roll_up.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <optional>
#include <unordered_map>

namespace tpc::equations {
namespace {

using math::Equation;
using math::Math;
using math::Shape;

/// The longest cycle of equations that is looked for.
constexpr size_t longest_period = 24;
/// By so much numbers of names grow at most from one turn of a cycle to the next: those that count what has no name of
/// its own grow by how many of these a turn makes.
constexpr int64_t most_growth = longest_period;
/// Longer digit strings are names, not indices.
constexpr size_t most_digits = 9;

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// The numbers inside a name: calls text(piece) and number(digits, bracketed) in order.
template <class Text, class Number>
void split(const std::string& name, Text&& text, Number&& number) {
  size_t begin = 0;
  while (begin < name.size()) {
    size_t end = begin;
    const bool digits = is_digit(name[begin]);
    while (end < name.size() && is_digit(name[end]) == digits) ++end;
    const std::string piece = name.substr(begin, end - begin);
    const bool index = digits && piece.size() <= most_digits && (piece.size() == 1 || piece[0] != '0');
    if (index) {
      number(piece, begin > 0 && name[begin - 1] == '[' && end < name.size() && name[end] == ']');
    } else {
      text(piece);
    }
    begin = end;
  }
}

/// Calls f(string&, numbers stand alone) for every text of the tree that may hold indices, in one fixed order.
template <class Node, class F>
void for_each_name(Node& m, F&& f) {  // NOLINT(misc-no-recursion): as deep as the expression
  if (m.shape != Shape::power) f(m.name, m.shape == Shape::sum);
  for (auto& subscript : m.subscripts) f(subscript, std::ranges::all_of(subscript, is_digit));
  for (auto& part : m.parts) for_each_name(part, f);
}

/// What is left of expressions when the numbers in their names are taken out, and these numbers.
struct Pattern {
  std::string shape;
  std::vector<int64_t> numbers;
};

void add_shape(const Math& m, std::string& shape) {  // NOLINT(misc-no-recursion): as deep as the expression
  shape += std::to_string(static_cast<int>(m.shape)) + "|" + m.accent + "|" + std::to_string(m.subscripts.size()) + "|";
  if (m.shape == Shape::number) shape.append(reinterpret_cast<const char*>(&m.value), sizeof m.value);
  if (m.shape == Shape::power) shape += m.name;
  for (const Math& part : m.parts) add_shape(part, shape);
  shape += ")";
}

void add_to(Pattern& pattern, const Math& m) {
  add_shape(m, pattern.shape);
  for_each_name(m, [&](const std::string& name, bool) {
    split(
        name, [&](const std::string& piece) { pattern.shape += piece; },
        [&](const std::string& digits, bool) {
          int64_t value = 0;
          std::from_chars(digits.data(), digits.data() + digits.size(), value);
          pattern.numbers.push_back(value);
          pattern.shape += '#';
        });
    pattern.shape += ';';
  });
}

/// The shapes numbered, so that they compare in no time.
struct Item {
  size_t shape = 0;
  std::vector<int64_t> numbers;
};

class Items {
 public:
  void add(Pattern pattern) {
    const size_t shape = shapes_.try_emplace(std::move(pattern.shape), shapes_.size()).first->second;
    items_.push_back({shape, std::move(pattern.numbers)});
  }
  [[nodiscard]] size_t size() const { return items_.size(); }
  [[nodiscard]] const Item& operator[](size_t i) const { return items_[i]; }

  /// By how much each number of item i grows to item j; empty: the two are no neighbours in a loop.
  [[nodiscard]] std::optional<std::vector<int>> steps(size_t i, size_t j) const {
    const Item &a = items_[i], &b = items_[j];
    if (a.shape != b.shape) return std::nullopt;
    std::vector<int> result;
    for (size_t k = 0; k < a.numbers.size(); ++k) {
      const int64_t step = b.numbers[k] - a.numbers[k];
      if (step < -most_growth || step > most_growth) return std::nullopt;
      result.push_back(static_cast<int>(step));
    }
    return result;
  }

 private:
  std::unordered_map<std::string, size_t> shapes_;
  std::vector<Item> items_;
};

bool is_unit(int step) { return step == 1 || step == -1; }

/// Whether there is an index to count them by.
bool moves(const std::vector<int>& steps) { return std::ranges::any_of(steps, is_unit); }

/// `count` repetitions of `period` items from `begin` on; steps of each of the first `period`.
struct Run {
  size_t begin = 0, period = 0, count = 0;
  std::vector<std::vector<int>> steps;
  [[nodiscard]] size_t length() const { return period * count; }
};

Run run_of_period(const Items& items, size_t begin, size_t period) {
  Run run{begin, period, 1, {}};
  for (size_t k = 0; k < period && begin + period + k < items.size(); ++k) {
    auto steps = items.steps(begin + k, begin + period + k);
    if (!steps || !moves(*steps)) return run;
    run.steps.push_back(std::move(*steps));
  }
  if (run.steps.size() < period) return run;
  auto goes_on = [&](size_t at) {
    for (size_t k = 0; k < period; ++k) {
      if (items.steps(at + k - period, at + k) != run.steps[k]) return false;
    }
    return true;
  };
  while (begin + (run.count + 1) * period <= items.size() && goes_on(begin + run.count * period)) ++run.count;
  return run;
}

/// The run from `begin` on that covers most, of the shortest period; empty: none is long enough.
std::optional<Run> longest_run(const Items& items, size_t begin) {
  std::optional<Run> best;
  for (size_t period = 1; period <= longest_period && begin + period * least_repetitions <= items.size(); ++period) {
    Run run = run_of_period(items, begin, period);
    if (run.count >= least_repetitions && (!best || run.length() > best->length())) best = std::move(run);
  }
  return best;
}

/// The index of a run: it takes the values of the first number that grows or falls by one.
struct Index {
  std::string letter;
  int64_t first = 0;
  int step = 0;
  size_t count = 0;

  [[nodiscard]] int64_t last() const { return first + step * (static_cast<int64_t>(count) - 1); }
  /// What is `number` at first and grows by `its_step`: 3l-2.
  [[nodiscard]] std::string text_of(int64_t number, int its_step) const {
    const int64_t factor = its_step * step, offset = number - factor * first;
    const std::string multiple = (std::abs(factor) == 1 ? "" : std::to_string(std::abs(factor))) + letter;
    if (factor < 0) return std::to_string(offset) + "-" + multiple;
    if (offset == 0) return multiple;
    return multiple + (offset > 0 ? "+" : "") + std::to_string(offset);
  }
};

Index index_of(const std::string& letter, const Item& first, const std::vector<int>& steps, size_t count) {
  const auto moving = std::ranges::find_if(steps, is_unit);
  return {letter, first.numbers[static_cast<size_t>(moving - steps.begin())], *moving, count};
}

/// Writes the numbers that move as expressions of the index.
class Substitution {
 public:
  Substitution(const Index& index, const Item& first, const std::vector<int>& steps)
      : index_(index), first_(first), steps_(steps) {}

  void apply(Math& m) {
    for_each_name(m, [&](std::string& name, bool alone) {
      std::string result;
      split(
          name, [&](const std::string& piece) { result += piece; },
          [&](const std::string& digits, bool bracketed) {
            const size_t place = next_++;
            if (steps_[place] == 0) {
              result += digits;
              return;
            }
            const std::string text = index_.text_of(first_.numbers[place], steps_[place]);
            result += bracketed || alone ? text : "[" + text + "]";
          });
      name = result;
    });
  }

 private:
  const Index& index_;
  const Item& first_;
  const std::vector<int>& steps_;
  size_t next_ = 0;
};

/// Replaces every run of `parts` by what make(part, index) gives for each item of its first turn.
template <class Part, class Describe, class Make>
void roll(std::vector<Part>& parts, const std::string& letter, Describe&& describe, Make&& make) {
  Items items;
  for (const Part& part : parts) items.add(describe(part));
  std::vector<Part> result;
  for (size_t i = 0; i < parts.size();) {
    const auto run = longest_run(items, i);
    if (!run) {
      result.push_back(std::move(parts[i++]));
      continue;
    }
    for (size_t k = 0; k < run->period; ++k) {
      const Index index = index_of(letter, items[i + k], run->steps[k], run->count);
      Substitution substitution(index, items[i + k], run->steps[k]);
      result.push_back(make(std::move(parts[i + k]), substitution, index));
    }
    i += run->length();
  }
  parts = std::move(result);
}

void roll_sums(Math& m, const std::string& letter) {  // NOLINT(misc-no-recursion): as deep as the expression
  for (Math& part : m.parts) roll_sums(part, letter);
  if (m.shape != Shape::plus) return;
  auto describe = [](const Math& part) {
    Pattern pattern;
    add_to(pattern, part);
    return pattern;
  };
  roll(m.parts, letter, describe, [](Math part, Substitution& substitution, const Index& index) {
    substitution.apply(part);
    const int64_t low = std::min(index.first, index.last()), high = std::max(index.first, index.last());
    return math::sum(index.letter + "=" + std::to_string(low) + ".." + std::to_string(high), std::move(part));
  });
  if (m.parts.size() == 1) {
    Math only = std::move(m.parts[0]);
    m = std::move(only);
  }
}

void roll_equations(std::vector<Equation>& equations, const std::string& letter) {
  auto describe = [](const Equation& equation) {
    Pattern pattern;
    add_to(pattern, equation.left);
    add_to(pattern, equation.right);
    add_to(pattern, math::words(equation.remark));
    return pattern;
  };
  roll(equations, letter, describe, [](Equation equation, Substitution& substitution, const Index& index) {
    substitution.apply(equation.left);
    substitution.apply(equation.right);
    Math remark = math::words(equation.remark);
    substitution.apply(remark);
    const std::string range =
        "for " + index.letter + " = " + std::to_string(index.first) + ".." + std::to_string(index.last());
    equation.remark = remark.name + (remark.name.empty() ? "" : "; ") + range;
    return equation;
  });
}

std::string free_letter(std::set<std::string>& names) {
  for (const char* letter : {"l", "m", "p", "q", "r", "u", "w"}) {
    if (names.insert(letter).second) return letter;
  }
  std::string letter = "l'";
  while (!names.insert(letter).second) letter += "'";
  return letter;
}

struct Letters {
  std::string of_equations, of_sums;
};

Letters free_letters(std::set<std::string> names) {
  std::string of_equations = free_letter(names);
  return {std::move(of_equations), free_letter(names)};
}

}  // namespace

void roll_up(std::vector<Equation>& equations, const std::set<std::string>& names) {
  const Letters letters = free_letters(names);
  for (Equation& equation : equations) roll_sums(equation.right, letters.of_sums);
  roll_equations(equations, letters.of_equations);
}

void roll_up_sums(Math& m, const std::set<std::string>& names) { roll_sums(m, free_letters(names).of_sums); }

}  // namespace tpc::equations
