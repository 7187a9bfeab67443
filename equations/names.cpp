#include "equations/names.h"

#include <algorithm>
#include <cctype>

namespace tpc::equations::math {
namespace {

using Kind = NamePart::Kind;

bool is_digits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

std::vector<NamePart> word_parts(const std::string& word);

/// W[l-1]: what stands before the bracket, with an index. Nothing: there is no bracket.
std::vector<NamePart> indexed_parts(const std::string& word) {  // NOLINT(misc-no-recursion): each time a shorter word
  const size_t open = word.find('['), close = word.find(']', open);
  if (open == 0 || open == std::string::npos || close == std::string::npos) return {};
  NamePart group{Kind::group, ""};
  group.inside = word_parts(word.substr(0, open));
  group.index = {{Kind::literal, word.substr(open + 1, close - open - 1)}};
  std::vector<NamePart> parts = {std::move(group)};
  if (close + 1 < word.size()) {
    for (NamePart& rest : word_parts(word.substr(close + 1))) parts.push_back(std::move(rest));
  }
  return parts;
}

/// One letter run and one digit run make a symbol with an index, brackets hold an index; any other word is one piece.
std::vector<NamePart> word_parts(const std::string& word) {  // NOLINT(misc-no-recursion): each time a shorter word
  if (auto parts = indexed_parts(word); !parts.empty()) return parts;
  for (const Greek& letter : greek_letters()) {
    if (!word.starts_with(letter.utf8)) continue;
    NamePart part{Kind::letter, std::string(letter.utf8)};
    if (word.size() > letter.utf8.size()) part.index = word_parts(word.substr(letter.utf8.size()));
    return {std::move(part)};
  }
  if (is_digits(word)) return {{Kind::digits, word}};
  size_t letters = 0;
  while (letters < word.size() && std::isalpha(static_cast<unsigned char>(word[letters])) != 0) ++letters;
  const std::string head = word.substr(0, letters), tail = word.substr(letters);
  const Kind kind = head.size() == 1 ? Kind::letter : Kind::word;
  if (!head.empty() && tail.empty()) return {{kind, head}};
  if (head.empty() || !is_digits(tail)) return {{Kind::word, word}};
  NamePart part{kind, head};
  part.index = {{Kind::digits, tail}};
  return {std::move(part)};
}

/// Reads a name from its beginning to its end.
class NameReader {
 public:
  explicit NameReader(std::string name) : name_(std::move(name)) {}

  std::vector<NamePart> run() {  // NOLINT(misc-no-recursion): as deep as braces
    for (size_t i = 0; i < name_.size(); ++i) {
      if (name_.compare(i, 3, "^T ") == 0 || name_.substr(i) == "^T") {
        raise({{Kind::transpose, "T"}});
        i += 1;
      } else if (name_.compare(i, 2, "^{") == 0) {  // C^{U x}: what is in braces is
        const size_t end = std::min(name_.find('}', i), name_.size());
        raise(name_parts(name_.substr(i + 2, end - i - 2)));
        i = end;
      } else if (name_[i] == '^') {  // K^W: the rest of the word is a superscript
        const size_t end = std::min(name_.find(' ', i), name_.size());
        raise(word_parts(name_.substr(i + 1, end - i - 1)));
        i = end - 1;
      } else if (name_[i] == ' ') {
        add(Kind::space, " ");
      } else if (name_[i] == '(' || name_[i] == ')') {
        add(Kind::bracket, std::string(1, name_[i]));
      } else {
        word_ += name_[i];
      }
    }
    flush();
    return std::move(parts_);
  }

 private:
  void flush() {
    if (word_.empty()) return;
    for (NamePart& part : word_parts(word_)) parts_.push_back(std::move(part));
    word_.clear();
  }
  void add(Kind kind, const std::string& text) {
    flush();
    parts_.push_back({kind, text});
  }
  void raise(std::vector<NamePart> superscript) {
    flush();
    if (parts_.empty()) parts_.push_back({Kind::literal, ""});
    parts_.back().superscript = std::move(superscript);
  }

  std::string name_, word_;
  std::vector<NamePart> parts_;
};

/// One word: an arrow, a power (its exponent in parentheses or one word), or plain.
void add_word(const std::string& word, std::vector<Phrase>& result) {
  const auto plain = [&](const std::string& text) {
    if (text.empty()) return;
    if (result.empty() || result.back().kind != Phrase::Kind::words) result.push_back({Phrase::Kind::words, ""});
    result.back().text += text;
  };
  if (word == "->") return void(result.push_back({Phrase::Kind::arrow, word}));
  const size_t begin = std::min(word.find_first_not_of('('), word.size()), power = word.find('^', begin);
  if (power == std::string::npos || power == begin) return plain(word);
  const bool grouped = word.compare(power + 1, 1, "(") == 0;
  const size_t first = power + 1 + (grouped ? 1 : 0);
  const size_t end = std::min(grouped ? word.find(')', first) : word.find_first_of(",.;:)", first), word.size());
  plain(word.substr(0, begin));
  result.push_back({Phrase::Kind::power, word.substr(begin, power - begin), word.substr(first, end - first), grouped});
  plain(word.substr(std::min(end + (grouped ? 1 : 0), word.size())));
}

}  // namespace

std::vector<NamePart> name_parts(const std::string& name) {  // NOLINT(misc-no-recursion): as deep as braces
  return NameReader(plain_digits(name)).run();
}

std::vector<Phrase> phrases(const std::string& text) {
  std::vector<Phrase> result;
  bool quoted = false;
  for (size_t begin = 0; begin <= text.size(); quoted = !quoted) {
    const size_t quote = std::min(text.find('`', begin), text.size());
    const std::string part = text.substr(begin, quote - begin);
    begin = quote + 1;
    if (quoted && !part.empty()) result.push_back({Phrase::Kind::name, part});
    for (size_t at = 0; !quoted && at < part.size();) {
      const size_t end = std::min(part.find(' ', at), part.size());
      add_word(part.substr(at, end - at), result);
      if (end < part.size()) add_word(" ", result);
      at = end + 1;
    }
  }
  return result;
}

std::string plain_digits(std::string text) {
  constexpr std::string_view zero = "₀";  // the last byte counts up to nine
  const std::string_view lead = zero.substr(0, 2);
  for (size_t at = text.find(lead); at != std::string::npos; at = text.find(lead, at + 1)) {
    const int digit = at + 2 < text.size() ? text[at + 2] - zero[2] : -1;
    if (digit >= 0 && digit <= 9) text.replace(at, zero.size(), std::to_string(digit));
  }
  return text;
}

const std::vector<Greek>& greek_letters() {
  static const std::vector<Greek> letters = {
      {"α", "\\alpha"},   {"β", "\\beta"},   {"γ", "\\gamma"}, {"δ", "\\delta"},    {"ε", "\\varepsilon"},
      {"ζ", "\\zeta"},    {"η", "\\eta"},    {"θ", "\\theta"}, {"ι", "\\iota"},     {"κ", "\\kappa"},
      {"λ", "\\lambda"},  {"μ", "\\mu"},     {"ν", "\\nu"},    {"ξ", "\\xi"},       {"ο", "o"},
      {"π", "\\pi"},      {"ρ", "\\rho"},    {"σ", "\\sigma"}, {"ς", "\\varsigma"}, {"τ", "\\tau"},
      {"υ", "\\upsilon"}, {"φ", "\\varphi"}, {"χ", "\\chi"},   {"ψ", "\\psi"},      {"ω", "\\omega"},
      {"Γ", "\\Gamma"},   {"Δ", "\\Delta"},  {"Θ", "\\Theta"}, {"Λ", "\\Lambda"},   {"Ξ", "\\Xi"},
      {"Π", "\\Pi"},      {"Σ", "\\Sigma"},  {"Φ", "\\Phi"},   {"Ψ", "\\Psi"},      {"Ω", "\\Omega"}};
  return letters;
}

}  // namespace tpc::equations::math
