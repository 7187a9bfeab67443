#include "tests/fuzz/mutate.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>

namespace tpc::fuzz {
namespace {

using Tokens = std::vector<std::string>;

const char* const odd_tokens[] = {"{",
                                  "}",
                                  "(",
                                  ")",
                                  "[",
                                  "]",
                                  "@",
                                  "=",
                                  "..",
                                  "\"",
                                  ",",
                                  "é",
                                  "1e999",
                                  "-",
                                  "nan",
                                  "1e-9",
                                  "0",
                                  "-1",
                                  "0.0",
                                  "1/0",
                                  "2^63",
                                  "1e308",
                                  "9999999999",
                                  "width",
                                  "for",
                                  "/",
                                  "^",
                                  "999999999999",
                                  "-9223372036854775808",
                                  "18446744073709551616",
                                  ".T",
                                  "relu",
                                  "mean"};
const char* const odd_numbers[] = {"0",
                                   "-1",
                                   "1",
                                   "2",
                                   "3",
                                   "1/2",
                                   "-1/2",
                                   "1e308",
                                   "-inf",
                                   "1000000",
                                   "9223372036854775807",
                                   "-9223372036854775808",
                                   "0.5",
                                   "nan",
                                   "1e-300",
                                   "-7/3",
                                   "32768"};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }

/// Words (with `joined` characters in them), blanks, and single other characters.
Tokens tokenize(std::string_view text, std::string_view joined) {
  Tokens tokens;
  for (size_t begin = 0; begin < text.size();) {
    const auto in_word = [&](char c) { return is_word(c) || joined.find(c) != std::string_view::npos; };
    const auto in_blank = [](char c) { return c == ' '; };
    size_t end = begin + 1;
    if (in_word(text[begin])) {
      while (end < text.size() && in_word(text[end])) ++end;
    } else if (in_blank(text[begin])) {
      while (end < text.size() && in_blank(text[end])) ++end;
    }
    tokens.emplace_back(text.substr(begin, end - begin));
    begin = end;
  }
  return tokens;
}

std::string joined(const Tokens& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += token;
  return text;
}

Tokens lines_of(const std::string& text) {
  Tokens lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    lines.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return lines;
}

void change_lines(Tokens& lines, const Tokens& others, Generator& random) {
  if (lines.empty()) return;
  const size_t i = below(random, lines.size()), j = below(random, lines.size());
  const auto at = lines.begin() + static_cast<std::ptrdiff_t>(i);
  switch (below(random, 4)) {
    case 0: lines.erase(at); break;
    case 1: lines.insert(at, std::string(lines[j])); break;
    case 2: std::swap(lines[i], lines[j]); break;
    default:
      if (!others.empty()) lines.insert(at, others[below(random, others.size())]);
  }
}

void change_tokens(Tokens& tokens, Generator& random) {
  if (tokens.empty()) return;
  const size_t i = below(random, tokens.size()), j = below(random, tokens.size());
  const auto at = tokens.begin() + static_cast<std::ptrdiff_t>(i);
  switch (below(random, 9)) {
    case 0: tokens.erase(at); break;
    case 1: std::swap(tokens[i], tokens[j]); break;
    case 2: tokens.insert(at, std::string(tokens[j])); break;
    case 3: tokens[i] = odd_tokens[below(random, std::size(odd_tokens))]; break;
    case 4: tokens.resize(std::max<size_t>(1, below(random, 8) == 0 ? i : tokens.size())); break;
    case 5: tokens[i] = std::string(below(random, 20) == 0 ? 20000 : 3, "([{-"[below(random, 4)]); break;
    case 6: tokens[i] = tokens[j]; break;
    case 7: std::reverse(tokens[i].begin(), tokens[i].end()); break;
    default: tokens[i][below(random, tokens[i].size())] = static_cast<char>(random());
  }
}

void change_number(Tokens& tokens, Generator& random) {
  std::vector<size_t> numbers;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (std::isdigit(static_cast<unsigned char>(tokens[i][0])) != 0) numbers.push_back(i);
  }
  if (numbers.empty()) return;
  tokens[numbers[below(random, numbers.size())]] = odd_numbers[below(random, std::size(odd_numbers))];
}

/// What a word of IR can be exchanged with: words that stand after the same character.
std::string shape_of(const Tokens& tokens, size_t i) {
  const char before = i == 0 ? ' ' : tokens[i - 1].back();
  if (before == '%' || before == '@') return {before};
  if (before == '=' && i > 1) return "=" + tokens[i - 2];
  if (before == '[' || (before == ' ' && i > 2 && tokens[i - 2] == ",")) return "[";
  if (before == ' ' && i > 1) return " " + tokens[i - 2].substr(0, 1);
  return " ";
}

void change_word(Tokens& tokens, Generator& random) {
  std::map<std::string, std::vector<size_t>> by_shape;
  std::vector<size_t> words;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!is_word(tokens[i][0]) && tokens[i][0] != '-') continue;
    by_shape[shape_of(tokens, i)].push_back(i);
    words.push_back(i);
  }
  if (words.empty()) return;
  const size_t i = words[below(random, words.size())];
  const std::vector<size_t>& same = by_shape[shape_of(tokens, i)];
  tokens[i] = tokens[same[below(random, same.size())]];
}

/// Whole functions removed or renamed, results removed: what roles promise.
void change_function(Tokens& lines, Generator& random) {
  std::vector<size_t> heads, results;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("function")) heads.push_back(i);
    if (lines[i].starts_with("  result")) results.push_back(i);
  }
  if (heads.empty() || results.empty()) return;
  const char* const roles[] = {"predict", "loss", "criterion", "gradient", "step", "observe_0", "start", "kernel", "f"};
  const size_t head = heads[below(random, heads.size())];
  switch (below(random, 3)) {
    case 0: lines[head] = std::string("function ") + roles[below(random, std::size(roles))] + " {\n"; break;
    case 1: lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(results[below(random, results.size())])); break;
    default: {
      size_t end = head;
      while (end < lines.size() && !lines[end].starts_with("}")) ++end;
      end = std::min(end + 1, lines.size());
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(head), lines.begin() + static_cast<std::ptrdiff_t>(end));
    }
  }
}

}  // namespace

std::string mutate_program(const std::string& text, const std::vector<std::string>& others, Generator& random) {
  std::string result = text;
  for (size_t changes = 1 + below(random, 6); changes > 0 && !result.empty(); --changes) {
    if (below(random, 3) == 0) {
      Tokens lines = lines_of(result);
      change_lines(lines, lines_of(others[below(random, others.size())]), random);
      result = joined(lines);
    } else {
      Tokens tokens = tokenize(result, ".");
      below(random, 3) == 0 ? change_number(tokens, random) : change_tokens(tokens, random);
      result = joined(tokens);
    }
  }
  return result;
}

std::string mutate_ir(const std::string& text, Generator& random) {
  std::string result = text;
  for (size_t changes = 1 + below(random, 3); changes > 0 && !result.empty(); --changes) {
    const size_t kind = below(random, 20);
    if (kind < 4) {
      Tokens lines = lines_of(result);
      kind < 2 ? change_function(lines, random) : change_lines(lines, {}, random);
      result = joined(lines);
      continue;
    }
    Tokens tokens = tokenize(result, ".'-/+");
    if (kind == 4) {
      change_tokens(tokens, random);
    } else {
      kind < 8 ? change_number(tokens, random) : change_word(tokens, random);
    }
    result = joined(tokens);
  }
  return result;
}

}  // namespace tpc::fuzz
