/// \file Questions of analogy, and lists of words, as files of words.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "evaluation/sources/table.h"
#include "evaluation/sources/vocabulary.h"

namespace tpc::evaluation {

/// a is to b as c is to d, by indices of words.
using Question = std::array<std::int32_t, 4>;

struct QuestionSection {
  std::string name;
  std::vector<Question> questions;  ///< whose words are all in the vocabulary
  std::int64_t skipped = 0;         ///< the others
};

/// Reads lines of four words; a line `: NAME` begins a section. Words are as written, upper and lower case apart. Only
/// the first `top` words of the vocabulary count, 0: all. Errors: as of LineReader; a line that does not have four
/// words; no questions.
std::variant<std::vector<QuestionSection>, FileError> read_questions(const std::string& path,
                                                                     const Vocabulary& vocabulary,
                                                                     std::int64_t top = 0);

struct ListedWords {
  std::vector<std::int32_t> words;                ///< in their order, each once
  std::vector<std::string> unknown;               ///< those that are not in the vocabulary
  std::vector<std::array<std::size_t, 2>> pairs;  ///< that stand in one line: places in `words`
};

/// Reads a word or a pair of words (a country and its capital) a line; a number in the second place is a count, and
/// ignored as what else follows. Errors: as of LineReader; no word of the vocabulary.
std::variant<ListedWords, FileError> read_words(const std::string& path, const Vocabulary& vocabulary);

}  // namespace tpc::evaluation
