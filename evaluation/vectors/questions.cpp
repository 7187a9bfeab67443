#include "evaluation/vectors/questions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "evaluation/sources/lines.h"

namespace tpc::evaluation {
namespace {

/// The words of a line, at most `most` + 1 of them.
std::vector<std::string_view> words_of(std::string_view line, std::size_t most) {
  std::vector<std::string_view> words;
  for (line = trimmed(line); !line.empty() && words.size() <= most; line = trimmed(line)) {
    words.push_back(first_word(line));
    line.remove_prefix(words.back().size());
  }
  return words;
}

/// The words of a list, each once.
class WordList {
 public:
  explicit WordList(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  /// Its place in the list; empty: the vocabulary does not have it.
  std::optional<std::size_t> add(std::string_view word) {
    const std::int32_t index = vocabulary_.find(word);
    if (index < 0) {
      if (unknown_.emplace(word).second) list_.unknown.emplace_back(word.substr(0, longest_shown));
      return std::nullopt;
    }
    const auto [place, is_new] = places_.emplace(index, list_.words.size());
    if (is_new) list_.words.push_back(index);
    return place->second;
  }
  void add_pair(std::string_view first, std::string_view second) {
    const auto one = add(first), other = add(second);
    if (one && other && *one != *other) list_.pairs.push_back({*one, *other});
  }

  ListedWords list() && { return std::move(list_); }

 private:
  static constexpr std::size_t longest_shown = 40;

  const Vocabulary& vocabulary_;
  ListedWords list_;
  std::map<std::int32_t, std::size_t> places_;
  std::set<std::string, std::less<>> unknown_;
};

bool is_count(std::string_view word) { return word.find_first_not_of("0123456789.") == std::string_view::npos; }

}  // namespace

std::variant<std::vector<QuestionSection>, FileError> read_questions(const std::string& path,
                                                                     const Vocabulary& vocabulary, std::int64_t top) {
  LineReader lines(path);
  std::vector<QuestionSection> sections;
  bool any = false;
  for (std::string line; lines.next(line);) {
    const std::string_view text = trimmed(line);
    if (text.empty()) continue;
    if (text.front() == ':') {
      sections.push_back({std::string(trimmed(text.substr(1))), {}, 0});
      continue;
    }
    const auto words = words_of(text, 4);
    if (words.size() != 4) return FileError{path, lines.number(), 0, "a question has four words"};
    if (sections.empty()) sections.emplace_back();
    any = true;
    Question question{};
    std::transform(words.begin(), words.end(), question.begin(),
                   [&](std::string_view word) { return vocabulary.find(word); });
    const bool known = std::all_of(question.begin(), question.end(),
                                   [&](std::int32_t word) { return word >= 0 && (top <= 0 || word < top); });
    if (known) sections.back().questions.push_back(question);
    if (!known) ++sections.back().skipped;
  }
  if (lines.error()) return *lines.error();
  if (!any) return FileError{path, 0, 0, "has no questions"};
  return sections;
}

std::variant<ListedWords, FileError> read_words(const std::string& path, const Vocabulary& vocabulary) {
  LineReader lines(path);
  WordList words(vocabulary);
  for (std::string line; lines.next(line);) {
    const auto of_line = words_of(line, 2);
    if (of_line.empty()) continue;
    if (of_line.size() > 1 && !is_count(of_line[1])) {
      words.add_pair(of_line[0], of_line[1]);
    } else {
      words.add(of_line[0]);
    }
  }
  if (lines.error()) return *lines.error();
  ListedWords list = std::move(words).list();
  if (list.words.empty()) return FileError{path, 0, 0, "has no word of the vocabulary"};
  return list;
}

}  // namespace tpc::evaluation
