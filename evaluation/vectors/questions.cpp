#include "evaluation/vectors/questions.h"

#include <algorithm>

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

void add_word(std::string_view word, const Vocabulary& vocabulary, ListedWords& list) {
  const std::int32_t index = vocabulary.find(word);
  if (index >= 0) list.words.push_back(index);
  if (index < 0) list.unknown.emplace_back(word.substr(0, 40));
}

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
  ListedWords list;
  for (std::string line; lines.next(line);) {
    if (const std::string_view word = first_word(line); !word.empty()) add_word(word, vocabulary, list);
  }
  if (lines.error()) return *lines.error();
  if (list.words.empty()) return FileError{path, 0, 0, "has no word of the vocabulary"};
  return list;
}

ListedWords words_in(std::string_view text, const Vocabulary& vocabulary) {
  ListedWords list;
  for (std::string_view word : words_of(text, text.size())) add_word(word, vocabulary, list);
  return list;
}

}  // namespace tpc::evaluation
