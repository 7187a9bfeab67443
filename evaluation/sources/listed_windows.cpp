#include <algorithm>
#include <iterator>

#include "evaluation/sources/whole_number_rows.h"
#include "evaluation/sources/windows.h"

namespace tpc::evaluation {
namespace {

/// What is wrong with a row, and at which of its numbers.
struct RowFault {
  std::size_t column;
  std::string message;
};
std::optional<RowFault> fault_of(const std::int64_t* row, std::size_t columns, std::size_t contexts,
                                 std::int64_t vocabulary_size) {
  for (std::size_t column = 0; column < columns; ++column) {
    if (row[column] < (column == 0 ? 0 : -1) || row[column] >= vocabulary_size) {
      return RowFault{column, std::to_string(row[column]) + " is not in 0.." + std::to_string(vocabulary_size - 1) +
                                  (column == 0 ? "" : ", nor -1 for none")};
    }
  }
  if (std::all_of(row + 1, row + 1 + contexts, [](std::int64_t index) { return index < 0; })) {
    return RowFault{1, "no context"};
  }
  return std::nullopt;
}

}  // namespace

std::variant<ListedWindows, FileError> ListedWindows::load(const std::string& path, std::int64_t vocabulary_size,
                                                           std::int64_t contexts, std::int64_t negatives) {
  NpyFile file(path);
  if (file.error()) return *file.error();
  const auto error = [&](std::string message) { return FileError{path, 0, 0, std::move(message)}; };
  if (!is_signed_whole(file.type())) {
    return error("has elements of type '" + name_of(file.type()) + "'; windows are i2 or i4");
  }
  const auto columns = static_cast<std::size_t>(1 + contexts + negatives);
  if (file.columns() != columns) {
    return error("has " + std::to_string(file.columns()) + " numbers a row, but " + std::to_string(columns) +
                 " are expected: a word, " + std::to_string(contexts) + " around it and " + std::to_string(negatives) +
                 " others");
  }
  ListedWindows windows;
  windows.contexts_ = contexts;
  windows.negatives_ = negatives;
  windows.count_ = static_cast<std::int64_t>(file.rows());
  windows.values_.reserve(file.rows() * columns);
  const auto fault = visit_rows(
      file, path, 0, file.rows(), [&](std::uint64_t row, const std::int64_t* numbers) -> std::optional<FileError> {
        const auto wrong = fault_of(numbers, columns, static_cast<std::size_t>(contexts), vocabulary_size);
        if (wrong) return FileError{path, row + 1, wrong->column + 1, wrong->message};
        std::transform(numbers, numbers + columns, std::back_inserter(windows.values_),
                       [](std::int64_t index) { return static_cast<std::int32_t>(index); });
        return std::nullopt;
      });
  if (fault) return *fault;
  return windows;
}

void ListedWindows::example(std::int64_t t, WindowExample& out) const {
  const std::int32_t* row = values_.data() + t * (1 + contexts_ + negatives_);
  const auto copy_present = [](const std::int32_t* from, std::int64_t count, std::vector<std::int32_t>& to) {
    to.clear();
    std::copy_if(from, from + count, std::back_inserter(to), [](std::int32_t index) { return index >= 0; });
  };
  out.word = row[0];
  copy_present(row + 1, contexts_, out.context);
  copy_present(row + 1 + contexts_, negatives_, out.negative);
}

}  // namespace tpc::evaluation
