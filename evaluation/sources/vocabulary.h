/// \file Dimensions whose indices have names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "evaluation/sources/table.h"
#include "evaluation/sources/word_table.h"

namespace tpc::evaluation {

/// The names of the indices 0, 1, .. and, where they were counted, how often each occurs.
class Vocabulary {
 public:
  [[nodiscard]] std::int64_t size() const { return words_.size(); }
  [[nodiscard]] std::string_view word(std::int32_t index) const { return words_.word(index); }
  /// -1: it is not in the vocabulary.
  [[nodiscard]] std::int32_t find(std::string_view word) const { return words_.find(word); }
  /// By index; empty: not counted.
  [[nodiscard]] const std::vector<std::int64_t>& counts() const { return counts_; }

  /// The name is new and there is room for it.
  bool add(std::string_view word) { return words_.find(word) < 0 && words_.add(word).has_value(); }
  void set_counts(std::vector<std::int64_t> counts) { counts_ = std::move(counts); }

 private:
  WordTable words_;
  std::vector<std::int64_t> counts_;
};

using VocabularyOrError = std::variant<Vocabulary, FileError>;

struct CorpusVocabulary {
  std::optional<std::int64_t> first;  ///< only so many words of the text are read, if it has more
  std::int64_t min_count = 1;
};

/// The words of a text that occur at least min_count times, the most frequent first, those equally frequent in the
/// order of their first occurrence. Errors: as of WordReader; the text is empty; no word is frequent enough.
VocabularyOrError corpus_vocabulary(const std::string& path, const CorpusVocabulary& settings);

/// A word a line, in this order; what follows a blank is ignored, and so are empty lines. Errors: as of LineReader; a
/// word stands there twice; there is none.
VocabularyOrError listed_vocabulary(const std::string& path);

/// The different values of a column, in the order of their first occurrence, with counts. Errors: as of CellReader; an
/// empty cell; no rows.
VocabularyOrError column_vocabulary(const std::string& path, const std::string& column);

}  // namespace tpc::evaluation
