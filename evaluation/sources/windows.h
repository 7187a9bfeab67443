/// \file Words with the words around them: from a text, or from a file that lists them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "evaluation/sources/negatives.h"
#include "evaluation/sources/table.h"
#include "evaluation/sources/vocabulary.h"

namespace tpc::evaluation {

/// What is present: rows are ragged. The vectors are used again from call to call.
struct WindowExample {
  std::int32_t word = 0;
  std::vector<std::int32_t> context;   ///< at least one
  std::vector<std::int32_t> negative;  ///< in the order drawn or listed
};

struct NegativeSettings {
  std::int64_t count = 0;  ///< draws for a word
  double power = 0.75;
  std::uint64_t seed = 0;
};

struct TextWindowSettings {
  std::int64_t first = 1, last = 0;  ///< words of the text, both included, from 1; last = 0: to the end
  std::int64_t window = 1;
  std::optional<double> sample;  ///< nothing: frequent words are not thinned out
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;  ///< thinned and cut anew in each pass over the text
  std::optional<NegativeSettings> negatives;
};

/// The windows of a text, in its order. Words that are not in the vocabulary leave no gap. Of the rest an occurrence of
/// a word with count c of N in all is kept with probability (sqrt(c / (s N)) + 1) s N / c, s = `sample` (the form of
/// Mikolov et al. 2013 that their program has). A window is a word that is kept, with up to window - b kept words on
/// either side, b uniform in 0 .. window - 1, within the rows. Counts are those of the vocabulary; where it is
/// only a list, words are counted in these rows. Random numbers are functions of (seed, epoch, position in the text).
class TextWindows {
 public:
  /// Errors: as of WordReader; the text does not have these rows; fewer than two words are left. Precondition:
  /// window >= 1, sample > 0.
  static std::variant<TextWindows, FileError> load(const std::string& path, const Vocabulary& vocabulary,
                                                   const TextWindowSettings& settings);

  /// Another pass over the same text: thinned and cut anew, and its negatives drawn anew. Where fewer than two words
  /// would be left it is the first pass.
  [[nodiscard]] TextWindows in_epoch(std::int64_t epoch) const;

  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(words_.size()); }
  [[nodiscard]] std::int64_t most_context() const { return 2 * settings_.window; }
  /// Position of window t's word in the text, from 0.
  [[nodiscard]] std::int64_t position(std::int64_t t) const {
    return settings_.first - 1 + positions_[static_cast<std::size_t>(t)];
  }
  /// Window t, 0 <= t < count. Any number of threads.
  void example(std::int64_t t, WindowExample& out) const;

 private:
  /// What all passes have in common.
  struct Text {
    std::vector<std::int32_t> words;  ///< of the rows; -1: not in the vocabulary
    std::vector<double> keep;         ///< by index, the probability that an occurrence is kept
  };
  void thin();

  TextWindowSettings settings_;
  std::shared_ptr<const Text> text_;
  std::vector<std::int32_t> words_;       ///< kept
  std::vector<std::uint32_t> positions_;  ///< of each, counted from the first row
  std::shared_ptr<const NegativeSampler> sampler_;
};

/// Windows listed in an array of whole numbers (i1, i2, i4 or i8), a row each: the word, `contexts` words around it,
/// `negatives` words it is told apart from; -1: absent.
class ListedWindows {
 public:
  /// Errors: as of NpyFile; not whole numbers with a sign; another number of columns; a word that is absent, an index
  /// that is not in the vocabulary, a row without context.
  static std::variant<ListedWindows, FileError> load(const std::string& path, std::int64_t vocabulary_size,
                                                     std::int64_t contexts, std::int64_t negatives);

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::int64_t most_context() const { return contexts_; }
  void example(std::int64_t t, WindowExample& out) const;

 private:
  std::int64_t count_ = 0, contexts_ = 0, negatives_ = 0;
  std::vector<std::int32_t> values_;
};

}  // namespace tpc::evaluation
