#include "evaluation/vectors/analogies.h"

#include <algorithm>
#include <map>

namespace tpc::evaluation {
namespace {

constexpr std::int64_t columns_at_once = 1024;

/// A question by rows of the table of its words.
struct Asked {
  std::size_t a, b, c, d;  ///< rows
  Question words;
  std::size_t section;
  double answer = 0.0;      ///< the score of d
  std::int64_t before = 0;  ///< words that come before d
  bool first_of_own = true;
};

class Examination {
 public:
  Examination(const Cosines& cosines, const std::vector<QuestionSection>& sections)
      : cosines_(cosines), sections_(sections), answers_(sections.size()) {
    std::map<std::int32_t, std::size_t> rows;
    for (const QuestionSection& section : sections) {
      for (const Question& question : section.questions) {
        for (std::int32_t word : question) rows.emplace(word, 0);
      }
    }
    for (auto& [word, row] : rows) {
      row = words_.size();
      words_.push_back(word);
    }
    for (std::size_t s = 0; s < sections.size(); ++s) {
      for (const Question& q : sections[s].questions) {
        if (!is_answerable(q)) continue;
        asked_.push_back({rows.at(q[0]), rows.at(q[1]), rows.at(q[2]), rows.at(q[3]), q, s});
        answers_[s].push_back(q[3]);
      }
      std::sort(answers_[s].begin(), answers_[s].end());
      answers_[s].erase(std::unique(answers_[s].begin(), answers_[s].end()), answers_[s].end());
    }
  }

  Analogies result() {
    score_answers();
    compare_in_blocks();
    return summed();
  }

 private:
  void score_answers() {
    const std::size_t count = words_.size();
    std::vector<double> cosines(count * count);
    cosines_.among(words_, cosines.data());
    for (Asked& q : asked_) {
      q.answer = cosines[q.b * count + q.d] - cosines[q.a * count + q.d] + cosines[q.c * count + q.d];
    }
  }

  /// The cosines of all words of questions with the words [first, last).
  struct Block {
    std::int64_t first, last;
    std::vector<double> cosines;

    [[nodiscard]] const double* row(std::size_t row) const {
      return cosines.data() + row * static_cast<std::size_t>(last - first);
    }
    [[nodiscard]] double score(const Asked& question, std::int64_t word) const {
      const std::int64_t at = word - first;
      return row(question.b)[at] - row(question.a)[at] + row(question.c)[at];
    }
  };

  void compare_in_blocks() {
    Block block{};
    for (block.first = 0; block.first < cosines_.size(); block.first = block.last) {
      block.last = std::min(block.first + columns_at_once, cosines_.size());
      block.cosines.resize(words_.size() * static_cast<std::size_t>(block.last - block.first));
      cosines_.block(words_, block.first, block.last, block.cosines.data());
      for (Asked& question : asked_) compare(question, block);
    }
  }

  /// Whether a word of this score comes before the answer.
  static bool precedes(const Asked& question, double score, std::int64_t word) {
    return score > question.answer || (score == question.answer && word < question.words[3]);
  }
  static bool is_given(const Asked& question, std::int64_t word) {
    return word == question.words[0] || word == question.words[1] || word == question.words[2];
  }

  void compare(Asked& question, const Block& block) const {
    const double *a = block.row(question.a), *b = block.row(question.b), *c = block.row(question.c);
    const std::int64_t size = block.last - block.first;
    // Words before d in the vocabulary win at equal scores, those after it do not; d itself counts in neither part.
    const std::int64_t split = std::clamp<std::int64_t>(question.words[3] - block.first, 0, size);
    std::int64_t before = 0;
    for (std::int64_t j = 0; j < split; ++j) before += b[j] - a[j] + c[j] >= question.answer ? 1 : 0;
    for (std::int64_t j = split; j < size; ++j) before += b[j] - a[j] + c[j] > question.answer ? 1 : 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const std::int32_t given = question.words[k];
      const bool repeated =
          std::find(question.words.begin(), question.words.begin() + k, given) != question.words.begin() + k;
      if (repeated || given < block.first || given >= block.last) continue;
      before -= precedes(question, block.score(question, given), given) ? 1 : 0;
    }
    question.before += before;
    const std::vector<std::int32_t>& own = answers_[question.section];
    for (auto word = std::lower_bound(own.begin(), own.end(), block.first); word != own.end() && *word < block.last;
         ++word) {
      if (*word == question.words[3] || is_given(question, *word)) continue;
      if (precedes(question, block.score(question, *word), *word)) question.first_of_own = false;
    }
  }

  [[nodiscard]] Analogies summed() const {
    Analogies result;
    for (const QuestionSection& section : sections_) {
      const auto unanswerable = std::count_if(section.questions.begin(), section.questions.end(),
                                              [](const Question& q) { return !is_answerable(q); });
      result.sections.push_back({section.name, {}});
      result.sections.back().score.skipped = section.skipped + unanswerable;
    }
    for (const Asked& question : asked_) {
      AnalogyScore& score = result.sections[question.section].score;
      ++score.asked;
      score.exact += question.before == 0 ? 1 : 0;
      score.own += question.first_of_own ? 1 : 0;
      score.reciprocal_ranks += 1.0 / static_cast<double>(question.before + 1);
    }
    for (const SectionScore& section : result.sections) result.total.add(section.score);
    return result;
  }

  const Cosines& cosines_;
  const std::vector<QuestionSection>& sections_;
  std::vector<std::int32_t> words_;                 ///< that occur in questions, each once
  std::vector<std::vector<std::int32_t>> answers_;  ///< by section, in increasing order
  std::vector<Asked> asked_;
};

}  // namespace

bool is_answerable(const Question& q) { return q[3] != q[0] && q[3] != q[1] && q[3] != q[2]; }

void AnalogyScore::add(const AnalogyScore& other) {
  asked += other.asked;
  skipped += other.skipped;
  exact += other.exact;
  own += other.own;
  reciprocal_ranks += other.reciprocal_ranks;
}

Analogies answer_analogies(const Cosines& cosines, const std::vector<QuestionSection>& sections) {
  return Examination(cosines, sections).result();
}

}  // namespace tpc::evaluation
