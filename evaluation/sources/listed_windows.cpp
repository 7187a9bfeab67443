#include <algorithm>
#include <cstring>

#include "evaluation/sources/npy_file.h"
#include "evaluation/sources/windows.h"

namespace tpc::evaluation {
namespace {

void to_wide(const ElementType& type, const std::vector<char>& bytes, std::vector<std::int64_t>& out) {
  std::visit(
      [&]<class T>(std::type_identity<T>) {
        for (std::size_t i = 0; i < out.size(); ++i) {
          T value;
          std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
          out[i] = static_cast<std::int64_t>(value);
        }
      },
      type);
}

bool is_signed_whole(const ElementType& type) {
  return std::visit([]<class T>(std::type_identity<T>) { return std::is_integral_v<T> && std::is_signed_v<T>; }, type);
}

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
  windows.values_.resize(file.rows() * columns);
  const std::uint64_t piece = std::max<std::uint64_t>((1u << 16) / columns, 1);  // rows read at once
  for (std::uint64_t first = 0; first < file.rows(); first += piece) {
    const std::uint64_t rows = std::min(piece, file.rows() - first);
    std::vector<char> bytes(rows * columns * size_of(file.type()));
    std::vector<std::int64_t> wide(rows * columns);
    if (!file.read(first * columns, rows * columns, bytes.data())) return error("ends too early");
    to_wide(file.type(), bytes, wide);
    for (std::uint64_t r = 0; r < rows; ++r) {
      const auto fault =
          fault_of(wide.data() + r * columns, columns, static_cast<std::size_t>(contexts), vocabulary_size);
      if (fault) return FileError{path, first + r + 1, fault->column + 1, fault->message};
    }
    std::transform(wide.begin(), wide.end(), windows.values_.begin() + static_cast<std::ptrdiff_t>(first * columns),
                   [](std::int64_t index) { return static_cast<std::int32_t>(index); });
  }
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
