#include "evaluation/sources/npy.h"

#include <cmath>
#include <cstring>

#include "evaluation/sources/npy_file.h"

namespace tpc::evaluation {
namespace {

void to_doubles(const ElementType& type, const char* bytes, std::size_t count, double* out) {
  std::visit(
      [&]<class T>(std::type_identity<T>) {
        for (std::size_t i = 0; i < count; ++i) {
          T value;
          std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
          out[i] = static_cast<double>(value);
        }
      },
      type);
}

/// Reads a few rows at a time: the file's own bytes are never all in memory.
std::string read_values(NpyFile& file, std::uint64_t first_row, Table& table, std::size_t& bad) {
  const std::size_t total = table.rows * table.columns;
  table.values.resize(total);
  constexpr std::size_t piece = 1u << 16;
  std::vector<char> bytes(piece * size_of(file.type()));
  for (std::size_t begin = 0; begin < total; begin += piece) {
    const std::size_t count = std::min(piece, total - begin);
    if (!file.read(first_row * file.columns() + begin, count, bytes.data())) return "ends too early";
    to_doubles(file.type(), bytes.data(), count, table.values.data() + begin);
  }
  for (bad = 0; bad < total; ++bad) {
    if (!std::isfinite(table.values[bad])) return "not a finite number";
  }
  return "";
}

}  // namespace

TableOrError read_npy(const std::string& path, const RowRange& range, std::size_t columns) {
  const auto error = [&](std::string message) { return FileError{path, 0, 0, std::move(message)}; };
  NpyFile file(path);
  if (file.error()) return *file.error();
  if (columns != 0 && file.columns() != columns) {
    return error("has " + std::to_string(file.columns()) + " numbers a row, but " + std::to_string(columns) +
                 " are expected");
  }
  const std::uint64_t last = range.last == 0 ? file.rows() : range.last;
  if (range.first < 1 || last > file.rows() || last < range.first) {
    return error("has " + std::to_string(file.rows()) + " rows, not the rows " + std::to_string(range.first) + " to " +
                 (range.last == 0 ? std::string("the end") : std::to_string(range.last)));
  }
  Table table{static_cast<std::size_t>(last - range.first + 1), static_cast<std::size_t>(file.columns()), {}, {}, {}};
  std::size_t bad = 0;
  if (std::string message = read_values(file, range.first - 1, table, bad); !message.empty()) {
    if (bad == 0 && message == "ends too early") return error(message);
    return FileError{path, range.first + bad / table.columns, bad % table.columns + 1, message};
  }
  return table;
}

}  // namespace tpc::evaluation
