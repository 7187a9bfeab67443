#include "equations/fold_names.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

namespace tpc::equations {
namespace {

using math::Equation;
using math::Math;
using math::Shape;
using Words = std::vector<std::string>;

/// More names than these are no parallel any more.
constexpr size_t most_names = 3;

bool is_of_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || byte >= 0x80 || c == '_' || c == '^' || c == '.';
}

/// An equation as its form, in which every name is a number, and the names.
struct Form {
  std::string text;
  Words words;
  size_t of_left = 0;  ///< how many of the words stand on the left side
};

void add_words(Form& form, const std::string& text) {
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && is_of_word(text[end])) ++end;
    if (end == begin) {
      form.text += text[begin++];
      continue;
    }
    const std::string word = text.substr(begin, end - begin);
    const auto known = std::ranges::find(form.words, word);
    form.text += "#" + std::to_string(known - form.words.begin());
    if (known == form.words.end()) form.words.push_back(word);
    begin = end;
  }
}

void add_math(Form& form, const Math& m) {  // NOLINT(misc-no-recursion): as deep as the expression
  form.text += std::to_string(static_cast<int>(m.shape)) + "|" + m.accent + "|";
  if (m.shape == Shape::number) form.text += std::to_string(m.value);
  if (m.shape == Shape::symbol || m.shape == Shape::words) {
    add_words(form, m.name);
  } else {
    form.text += m.name;
  }
  for (const std::string& subscript : m.subscripts) {
    form.text += "_";
    add_words(form, subscript);
  }
  for (const Math& part : m.parts) add_math(form, part);
  form.text += ")";
}

Form form_of(const Equation& equation) {
  Form form;
  add_math(form, equation.left);
  form.of_left = form.words.size();
  add_math(form, equation.right);
  add_words(form, equation.remark);
  return form;
}

/// The names that differ, without those that follow from another one: dkey from key, K^T from K.
std::vector<size_t> differing(const Words& first, const std::vector<const Words*>& others) {
  std::vector<size_t> places;
  for (size_t i = 0; i < first.size(); ++i) {
    if (std::ranges::any_of(others, [&](const Words* each) { return (*each)[i] != first[i]; })) places.push_back(i);
  }
  const auto follows = [&](size_t i) {
    return std::ranges::any_of(places, [&](size_t base) {
      const auto made_of = [&](const Words& words) {
        return words[i] == "d" + words[base] || words[i] == words[base] + "^T";
      };
      return base != i && made_of(first) &&
             std::ranges::all_of(others, [&](const Words* each) { return made_of(*each); });
    });
  };
  std::vector<size_t> result;
  for (size_t place : places) {
    if (!follows(place)) result.push_back(place);
  }
  return result;
}

/// "K", or "(K, key)".
std::string listed(const Words& words, const std::vector<size_t>& places) {
  std::string text;
  for (size_t place : places) text += (text.empty() ? "" : ", ") + words[place];
  return places.size() == 1 ? text : "(" + text + ")";
}

/// What the left side defines is on the right side of another one.
bool is_chain(const std::vector<const Form*>& forms, const std::vector<size_t>& places) {
  std::set<std::string> defined, used;
  for (const Form* form : forms) {
    for (size_t place : places) (place < form->of_left ? defined : used).insert(form->words[place]);
  }
  return std::ranges::any_of(defined, [&](const std::string& name) { return used.contains(name); });
}

}  // namespace

void fold_names(std::vector<Equation>& equations) {
  std::vector<Form> forms;
  std::unordered_map<std::string, std::vector<size_t>> groups;
  for (size_t i = 0; i < equations.size(); ++i) {
    forms.push_back(form_of(equations[i]));
    groups[forms.back().text].push_back(i);
  }
  std::vector<bool> folded(equations.size());
  for (const auto& [text, group] : groups) {
    if (group.size() < least_equal_forms) continue;
    const Form& first = forms[group.front()];
    std::vector<const Words*> others;
    std::vector<const Form*> all;
    for (size_t i : group) {
      all.push_back(&forms[i]);
      if (i != group.front()) others.push_back(&forms[i].words);
    }
    const std::vector<size_t> places = differing(first.words, others);
    if (places.empty() || places.size() > most_names || is_chain(all, places)) continue;
    std::string names;
    for (const Words* words : others) names += (names.empty() ? "" : ", ") + listed(*words, places);
    std::string& remark = equations[group.front()].remark;
    remark += (remark.empty() ? "" : "; ") + ("likewise " + names + " for " + listed(first.words, places));
    for (size_t i : group) folded[i] = i != group.front();
  }
  size_t next = 0;
  std::erase_if(equations, [&](const Equation&) { return folded[next++]; });
}

}  // namespace tpc::equations
