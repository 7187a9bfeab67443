/// \file Sizes that a program takes from its files.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/diag/diagnostic.h"
#include "frontend/sema/sema.h"

namespace tpc::evaluation {

/// Paths of the program are relative to its directory.
class SourceSizes final : public sema::SourceFiles {
 public:
  SourceSizes(std::string program_directory, diag::Engine& diagnostics)
      : directory_(std::move(program_directory)), diagnostics_(diagnostics) {}

  /// Reads the first task; the whole file is read and checked with the data (tasks.h).
  std::optional<int64_t> rows_of_a_task(const std::string& path, const std::string& part, Span where) override;
  /// Each source is read once, whatever the number of dimensions with its names.
  std::shared_ptr<const sema::IndexNames> index_names(const sema::IndexSource& source, Span where) override;

 private:
  std::string directory_;
  diag::Engine& diagnostics_;
  std::vector<std::pair<sema::IndexSource, std::shared_ptr<const sema::IndexNames>>> names_;
};

}  // namespace tpc::evaluation
