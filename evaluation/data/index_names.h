/// \file The names of a program's index spaces, read from their files.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "evaluation/sources/vocabulary.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

class VocabularyNames final : public sema::IndexNames {
 public:
  explicit VocabularyNames(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}
  [[nodiscard]] int64_t size() const override { return vocabulary_.size(); }
  [[nodiscard]] std::string_view name(int64_t index) const override {
    return vocabulary_.word(static_cast<int32_t>(index));
  }
  [[nodiscard]] int64_t find(std::string_view name) const override { return vocabulary_.find(name); }
  [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  Vocabulary vocabulary_;
};

/// Errors: those of corpus_vocabulary, listed_vocabulary and column_vocabulary. `file`: source.path from where we are.
std::variant<std::shared_ptr<const VocabularyNames>, FileError> read_index_names(const sema::IndexSource& source,
                                                                                 const std::string& file);

/// Of a dimension of the program. Precondition: its names were read here (SourceSizes).
const Vocabulary& vocabulary_of(const sema::Program& program, const std::string& space);

}  // namespace tpc::evaluation
