#include "evaluation/data/source_sizes.h"

#include <algorithm>
#include <filesystem>

#include "evaluation/data/file_error.h"
#include "evaluation/data/index_names.h"
#include "evaluation/sources/cells.h"

namespace tpc::evaluation {
namespace {

/// Rows of the part in the first task of the file; 0: it has none.
int64_t rows_of_first_task(CellReader& reader, const std::string& part) {
  const auto batch = reader.column("batch"), task = reader.column("task"), parts = reader.column("part");
  if (!batch || !task || !parts) return 0;
  int64_t rows = 0;
  std::string first_batch, first_task;
  while (reader.next()) {
    if (first_batch.empty()) first_batch = reader.cell(*batch), first_task = reader.cell(*task);
    if (reader.cell(*batch) != first_batch || reader.cell(*task) != first_task) break;
    rows += reader.cell(*parts) == part ? 1 : 0;
  }
  return rows;
}

}  // namespace

std::optional<int64_t> SourceSizes::rows_of_a_task(const std::string& path, const std::string& part, Span where) {
  const std::string file = (std::filesystem::path(directory_) / path).string();
  CellReader reader(file);
  const int64_t rows = rows_of_first_task(reader, part);
  if (!reader.error() && rows > 0) return rows;
  const FileError error = reader.error().value_or(FileError{file, 0, 0, "its first task has no rows `" + part + "`"});
  diagnostics_.report(diag::Kind::source_file, where, {{"place", place_of(error)}, {"why", error.message}});
  return std::nullopt;
}

std::shared_ptr<const sema::IndexNames> SourceSizes::index_names(const sema::IndexSource& source, Span where) {
  const auto known = std::ranges::find(names_, source, &decltype(names_)::value_type::first);
  if (known != names_.end()) return known->second;
  auto read = read_index_names(source, (std::filesystem::path(directory_) / source.path).string());
  if (const auto* error = std::get_if<FileError>(&read)) {
    diagnostics_.report(diag::Kind::source_file, where, {{"place", place_of(*error)}, {"why", error->message}});
    return nullptr;
  }
  names_.emplace_back(source, std::get<std::shared_ptr<const VocabularyNames>>(std::move(read)));
  return names_.back().second;
}

}  // namespace tpc::evaluation
