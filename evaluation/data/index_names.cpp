#include "evaluation/data/index_names.h"

#include <algorithm>

#include "base/diag/check.h"

namespace tpc::evaluation {

std::variant<std::shared_ptr<const VocabularyNames>, FileError> read_index_names(const sema::IndexSource& source,
                                                                                 const std::string& file) {
  VocabularyOrError read = [&] {
    switch (source.kind) {
      case sema::IndexSource::Kind::corpus: return corpus_vocabulary(file, {source.first, source.min_count});
      case sema::IndexSource::Kind::list: return listed_vocabulary(file);
      case sema::IndexSource::Kind::column: return column_vocabulary(file, source.column);
    }
    internal_error(__FILE__, __LINE__, "no such source of names");
  }();
  if (auto* error = std::get_if<FileError>(&read)) return std::move(*error);
  return std::make_shared<const VocabularyNames>(std::get<Vocabulary>(std::move(read)));
}

const Vocabulary& vocabulary_of(const sema::Program& program, const std::string& space) {
  const auto dim = std::ranges::find(program.dims, space, &sema::FiniteDim::name);
  const auto* names = dim != program.dims.end() ? dynamic_cast<const VocabularyNames*>(dim->names.get()) : nullptr;
  TPC_CHECK(names != nullptr, "no names of " + space);
  return names->vocabulary();
}

}  // namespace tpc::evaluation
