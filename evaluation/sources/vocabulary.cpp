#include "evaluation/sources/vocabulary.h"

#include <algorithm>
#include <numeric>

#include "evaluation/sources/cells.h"
#include "evaluation/sources/lines.h"
#include "evaluation/sources/word_reader.h"

namespace tpc::evaluation {
namespace {

constexpr const char* too_many_words = "has more different words than there is room for";

/// The wanted words of a table in the order of a vocabulary.
Vocabulary most_frequent(const WordTable& words, const std::vector<std::int64_t>& counts, std::int64_t min_count) {
  std::vector<std::int32_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0);
  const auto count = [&](std::int32_t word) { return counts[static_cast<std::size_t>(word)]; };
  std::erase_if(order, [&](std::int32_t word) { return count(word) < min_count; });
  // Numbers of words are in the order of first occurrence.
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return count(a) > count(b); });
  Vocabulary vocabulary;
  std::vector<std::int64_t> ordered;
  for (std::int32_t word : order) {
    vocabulary.add(words.word(word));
    ordered.push_back(count(word));
  }
  vocabulary.set_counts(std::move(ordered));
  return vocabulary;
}

}  // namespace

VocabularyOrError corpus_vocabulary(const std::string& path, const CorpusVocabulary& settings) {
  WordReader reader(path);
  WordTable words;
  std::vector<std::int64_t> counts;
  std::string_view word;
  while ((!settings.first || reader.count() < *settings.first) && reader.next(word)) {
    const auto number = words.add(word);
    if (!number) return FileError{path, 0, 0, too_many_words};
    counts.resize(static_cast<std::size_t>(words.size()));
    ++counts[static_cast<std::size_t>(*number)];
  }
  if (reader.error()) return *reader.error();
  if (counts.empty()) return FileError{path, 0, 0, "has no words"};
  Vocabulary vocabulary = most_frequent(words, counts, settings.min_count);
  if (vocabulary.size() > 0) return vocabulary;
  const std::int64_t most = *std::max_element(counts.begin(), counts.end());
  return FileError{path, 0, 0,
                   "has no word that occurs at least " + std::to_string(settings.min_count) +
                       " times; the most frequent occurs " + std::to_string(most) + (most == 1 ? " time" : " times")};
}

VocabularyOrError listed_vocabulary(const std::string& path) {
  LineReader lines(path);
  Vocabulary vocabulary;
  for (std::string line; lines.next(line);) {
    const std::string_view word = first_word(line);
    if (word.empty() || vocabulary.add(word)) continue;
    return FileError{
        path, lines.number(), 0,
        vocabulary.find(word) < 0 ? too_many_words : "'" + std::string(word.substr(0, 40)) + "' is listed twice"};
  }
  if (lines.error()) return *lines.error();
  if (vocabulary.size() == 0) return FileError{path, 0, 0, "has no words"};
  return vocabulary;
}

VocabularyOrError column_vocabulary(const std::string& path, const std::string& column) {
  CellReader cells(path);
  const auto at = cells.column(column);
  Vocabulary vocabulary;
  std::vector<std::int64_t> counts;
  while (cells.next()) {
    const std::string& name = cells.cell(*at);
    if (name.empty()) cells.reject(*at, "empty cell");
    std::int32_t index = vocabulary.find(name);
    if (index < 0) {
      index = static_cast<std::int32_t>(vocabulary.size());
      if (!vocabulary.add(name)) cells.reject(*at, too_many_words);
      counts.push_back(0);
    }
    ++counts[static_cast<std::size_t>(index)];
  }
  if (cells.error()) return *cells.error();
  if (counts.empty()) return FileError{path, 0, 0, "has no rows"};
  vocabulary.set_counts(std::move(counts));
  return vocabulary;
}

}  // namespace tpc::evaluation
