#include "evaluation/sources/whole_number_rows.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

namespace tpc::evaluation {
namespace {

constexpr std::uint64_t numbers_at_once = 1U << 16;

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

}  // namespace

bool is_signed_whole(const ElementType& type) {
  return std::visit([]<class T>(std::type_identity<T>) { return std::is_integral_v<T> && std::is_signed_v<T>; }, type);
}

std::optional<FileError> visit_rows(
    NpyFile& file, const std::string& path, std::uint64_t first, std::uint64_t last,
    const std::function<std::optional<FileError>(std::uint64_t row, const std::int64_t* numbers)>& visit) {
  const std::uint64_t columns = file.columns();
  const std::uint64_t piece = std::max<std::uint64_t>(numbers_at_once / columns, 1);  // rows read at once
  std::vector<char> bytes;
  std::vector<std::int64_t> wide;
  for (std::uint64_t begin = first; begin < last; begin += piece) {
    const std::uint64_t rows = std::min(piece, last - begin);
    bytes.resize(rows * columns * size_of(file.type()));
    wide.resize(rows * columns);
    if (!file.read(begin * columns, rows * columns, bytes.data())) return FileError{path, 0, 0, "ends too early"};
    to_wide(file.type(), bytes, wide);
    for (std::uint64_t r = 0; r < rows; ++r) {
      if (auto error = visit(begin + r, wide.data() + r * columns)) return error;
    }
  }
  return std::nullopt;
}

}  // namespace tpc::evaluation
