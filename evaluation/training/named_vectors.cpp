#include "evaluation/training/named_vectors.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>

#include "base/diag/check.h"
#include "evaluation/data/file_error.h"
#include "evaluation/data/index_names.h"
#include "evaluation/vectors/analogies.h"

namespace tpc::evaluation {
namespace {

using diag::Kind;
using Form = sema::NamedVectors::Kind;

constexpr int64_t picture_axes = 2;

std::string path_of(const sema::NamedVectors& vectors, const std::string& program_directory) {
  return (std::filesystem::path(program_directory) / vectors.path).string();
}

/// The value, or empty: reported.
template <class T>
std::optional<T> value_or_report(std::variant<T, FileError> read, const sema::NamedVectors& vectors,
                                 diag::Engine& diagnostics) {
  if (auto* value = std::get_if<T>(&read)) return std::move(*value);
  const auto& error = std::get<FileError>(read);
  diagnostics.report(Kind::source_file, vectors.span, {{"place", place_of(error)}, {"why", error.message}});
  return std::nullopt;
}

/// Inner products of some rows with all, and the lengths of all, as they are kept.
class KeptProducts final : public InnerProducts {
 public:
  KeptProducts(const ObservedVectors& observed, const std::vector<double>& kept)
      : size_(observed.vocabulary->size()), kept_(kept.data()) {
    for (int32_t word : observed.list.words) places_.emplace(word, static_cast<int64_t>(places_.size()));
    norms_ = static_cast<int64_t>(observed.list.words.size()) * size_;
  }
  [[nodiscard]] int64_t size() const override { return size_; }
  void block(std::span<const int32_t> rows, int64_t first, int64_t last, double* out) const override {
    for (int32_t row : rows) out = std::copy(row_of(row) + first, row_of(row) + last, out);
  }
  void among(std::span<const int32_t> rows, double* out) const override {
    for (int32_t row : rows) {
      for (int32_t column : rows) *out++ = row_of(row)[column];
    }
  }
  void squared_norms(double* out) const override { std::copy_n(kept_ + norms_, size_, out); }

 private:
  [[nodiscard]] const double* row_of(int32_t word) const { return kept_ + places_.at(word) * size_; }

  int64_t size_, norms_ = 0;
  const double* kept_;
  std::map<int32_t, int64_t> places_;
};

std::vector<double> analogy_shares_of(const ObservedVectors& observed, const InnerProducts& rows) {
  const Analogies answers = answer_analogies(Cosines(rows, observed.count), observed.sections);
  std::vector<double> shares;
  const auto add = [&](const AnalogyScore& score) {
    const double asked = static_cast<double>(std::max<int64_t>(score.asked, 1));
    shares.push_back(static_cast<double>(score.exact) / asked);
    shares.push_back(static_cast<double>(score.own) / asked);
    shares.push_back(score.reciprocal_ranks / asked);
  };
  add(answers.total);
  for (const SectionScore& section : answers.sections) add(section.score);
  return shares;
}

}  // namespace

std::vector<ObservedVectors> load_observed_vectors(const sema::Program& program, const std::string& program_directory,
                                                   diag::Engine& diagnostics) {
  std::vector<ObservedVectors> result;
  for (const sema::NamedVectors& vectors : program.named_vectors) {
    const std::string path = path_of(vectors, program_directory);
    const Vocabulary& vocabulary = vocabulary_of(program, vectors.space);
    ObservedVectors observed{vectors.kind, vectors.text, vectors.parameter, program.parameters[vectors.parameter].name,
                             &vocabulary,  vectors.count};
    observed.span = vectors.span;
    switch (vectors.kind) {
      case Form::analogies: {
        auto sections = value_or_report(read_questions(path, vocabulary, vectors.count), vectors, diagnostics);
        if (!sections) continue;
        observed.sections = std::move(*sections);
        if (count_questions(observed.sections).asked == 0) {
          diagnostics.report(Kind::no_known_question, vectors.span, {{"path", path}, {"space", vectors.space}});
        }
        break;
      }
      case Form::nearest:
        for (const std::string& word : vectors.of) observed.list.words.push_back(vocabulary.find(word));
        break;
      case Form::pca: {
        auto list = value_or_report(read_words(path, vocabulary), vectors, diagnostics);
        if (!list) continue;
        observed.list = std::move(*list);
        break;
      }
    }
    const bool known = std::ranges::any_of(result, [&](const auto& other) { return other.name == observed.name; });
    if (!known) result.push_back(std::move(observed));
  }
  return result;
}

std::vector<std::string> observed_vector_paths(const sema::Program& program, const std::string& program_directory) {
  std::vector<std::string> paths;
  for (const sema::NamedVectors& vectors : program.named_vectors) {
    if (!vectors.path.empty()) paths.push_back(path_of(vectors, program_directory));
  }
  return paths;
}

std::vector<int64_t> shape_of(const ObservedVectors& observed) {
  const auto listed = static_cast<int64_t>(observed.list.words.size());
  switch (observed.kind) {
    case Form::analogies: return {1 + static_cast<int64_t>(observed.sections.size()), analogy_shares};
    case Form::nearest: return {listed + 1, observed.vocabulary->size()};
    case Form::pca: return {listed, listed};
  }
  internal_error(__FILE__, __LINE__, "no such observation of vectors");
}

std::vector<double> measure(const ObservedVectors& observed, const InnerProducts& rows) {
  const std::vector<int64_t> shape = shape_of(observed);
  std::vector<double> numbers(static_cast<size_t>(shape[0] * shape[1]));
  switch (observed.kind) {
    case Form::analogies: return analogy_shares_of(observed, rows);
    case Form::nearest:
      rows.block(observed.list.words, 0, rows.size(), numbers.data());
      rows.squared_norms(numbers.data() + (shape[0] - 1) * shape[1]);
      break;
    case Form::pca: rows.among(observed.list.words, numbers.data()); break;
  }
  return numbers;
}

QuestionCount count_questions(const QuestionSection& section) {
  const auto asked = std::ranges::count_if(section.questions, is_answerable);
  return {asked, static_cast<int64_t>(section.questions.size()) + section.skipped};
}

QuestionCount count_questions(const std::vector<QuestionSection>& sections) {
  QuestionCount total;
  for (const QuestionSection& section : sections) {
    const QuestionCount count = count_questions(section);
    total.asked += count.asked;
    total.all += count.all;
  }
  return total;
}

std::vector<std::vector<Neighbour>> nearest_names(const ObservedVectors& observed, const std::vector<double>& kept) {
  const KeptProducts products(observed, kept);
  return nearest(Cosines(products), observed.list.words, observed.count);
}

PrincipalCoordinates picture_coordinates(const ObservedVectors& observed, const std::vector<double>& kept) {
  const auto listed = static_cast<int64_t>(observed.list.words.size());
  std::vector<int32_t> all(static_cast<size_t>(listed));
  std::iota(all.begin(), all.end(), 0);
  return principal_coordinates(GramProducts(kept.data(), listed), all, picture_axes);
}

}  // namespace tpc::evaluation
