/// \file How well directions between vectors carry meaning: a is to b as c is to d.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluation/vectors/inner_products.h"
#include "evaluation/vectors/questions.h"

namespace tpc::evaluation {

/// Whether its answer is none of its other words.
bool is_answerable(const Question& question);

/// Sums over the questions that were asked.
struct AnalogyScore {
  std::int64_t asked = 0, skipped = 0;
  std::int64_t exact = 0;         ///< d comes first among all words
  std::int64_t own = 0;           ///< d comes first among the answers of its section
  double reciprocal_ranks = 0.0;  ///< of d among all words

  void add(const AnalogyScore& other);
};

struct SectionScore {
  std::string name;
  AnalogyScore score;
};

struct Analogies {
  std::vector<SectionScore> sections;
  AnalogyScore total;
};

/// Words w are ranked by cos(w, b) - cos(w, a) + cos(w, c) (Mikolov et al. 2013, compute-accuracy.c: the direction of
/// the sum of unit vectors); a, b and c are no answers. Of equal words the one of the smaller index comes first.
/// A question whose answer is one of its other words is skipped. Work: inner products of the words that occur in
/// questions with all words, in blocks.
Analogies answer_analogies(const Cosines& cosines, const std::vector<QuestionSection>& sections);

}  // namespace tpc::evaluation
