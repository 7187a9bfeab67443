#include "evaluation/data/npy.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>

#include "base/files/input_file.h"

namespace tpc::evaluation {
namespace {

using Convert = void (*)(const char*, std::size_t, double*);

template <class T>
void convert(const char* bytes, std::size_t count, double* out) {
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
    out[i] = static_cast<double>(value);
  }
}

struct ElementType {
  std::string_view name;
  std::size_t size;
  Convert convert;
};
constexpr ElementType element_types[] = {
    {"u1", 1, convert<std::uint8_t>},  {"i1", 1, convert<std::int8_t>},   {"u2", 2, convert<std::uint16_t>},
    {"i2", 2, convert<std::int16_t>},  {"u4", 4, convert<std::uint32_t>}, {"i4", 4, convert<std::int32_t>},
    {"u8", 8, convert<std::uint64_t>}, {"i8", 8, convert<std::int64_t>},  {"f4", 4, convert<float>},
    {"f8", 8, convert<double>},
};

struct Header {
  const ElementType* type = nullptr;
  std::uint64_t rows = 1;
  std::uint64_t columns = 1;
  std::uint64_t data_offset = 0;
};

/// What follows `'key':` in the header, a Python dictionary in a fixed form; nothing if the key is missing.
std::optional<std::string_view> entry(std::string_view header, std::string_view key) {
  const std::size_t at = header.find("'" + std::string(key) + "'");
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = header.substr(at + key.size() + 2);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest.empty() || rest.front() != ':') return std::nullopt;
  rest.remove_prefix(std::min(rest.find_first_not_of(' ', 1), rest.size()));
  return rest;
}

std::string parse_type(std::string_view text, Header& header) {
  if (text.size() < 3 || text.front() != '\'') return "is not an array of plain numbers";
  text = text.substr(1, text.find('\'', 1) - 1);
  if (!text.empty() && text.front() == '>')
    return "is big-endian ('" + std::string(text) + "'); only little-endian is read";
  if (!text.empty() && (text.front() == '<' || text.front() == '|' || text.front() == '=')) text.remove_prefix(1);
  for (const ElementType& type : element_types) {
    if (type.name == text) header.type = &type;
  }
  return header.type == nullptr ? "has elements of type '" + std::string(text.substr(0, 20)) + "', which are not read"
                                : "";
}

/// "(60000, 28, 28)", "(5,)", "()".
std::string parse_shape(std::string_view text, Header& header) {
  constexpr const char* malformed = "has a malformed shape in its header";
  const std::size_t close = text.find(')');
  if (text.empty() || text.front() != '(' || close == std::string_view::npos) return malformed;
  text = text.substr(1, close - 1);
  std::size_t dimensions = 0;
  for (; text.find_first_not_of(" ,") != std::string_view::npos; ++dimensions) {
    text.remove_prefix(text.find_first_not_of(' '));
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc()) return malformed;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (!text.empty() && text.front() != ',') return malformed;
    if (!text.empty()) text.remove_prefix(1);
    std::uint64_t& product = dimensions == 0 ? header.rows : header.columns;
    if (__builtin_mul_overflow(product, length, &product)) return "has a shape too large to exist";
  }
  return "";
}

std::string parse_header(std::ifstream& in, Header& header) {
  char prefix[8];
  if (!in.read(prefix, sizeof prefix) || std::memcmp(prefix, "\x93NUMPY", 6) != 0) return "is not a NumPy array";
  if (prefix[6] != 1 && prefix[6] != 2) return "has an unknown version of the NumPy format";
  unsigned char length_bytes[4] = {};
  const std::size_t length_size = prefix[6] == 1 ? 2 : 4;
  if (!in.read(reinterpret_cast<char*>(length_bytes), static_cast<std::streamsize>(length_size)))
    return "ends within its header";
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_size; ++i) length |= static_cast<std::size_t>(length_bytes[i]) << (8 * i);
  if (length > 65536) return "has an absurdly long header";
  std::string text(length, '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(length))) return "ends within its header";
  header.data_offset = sizeof prefix + length_size + length;
  const auto type = entry(text, "descr");
  const auto order = entry(text, "fortran_order");
  const auto shape = entry(text, "shape");
  if (!type || !order || !shape) return "has a malformed header";
  if (order->starts_with("True")) return "is in Fortran order; only C order is read";
  if (!order->starts_with("False")) return "has a malformed header";
  if (std::string message = parse_type(*type, header); !message.empty()) return message;
  return parse_shape(*shape, header);
}

/// Whether the file really holds the array; sizes that overflow do not.
bool holds_array(std::ifstream& in, const Header& header) {
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(header.rows, header.columns, &bytes)) return false;
  if (__builtin_mul_overflow(bytes, header.type->size, &bytes)) return false;
  in.seekg(0, std::ios::end);
  const std::streamoff size = in.tellg();
  return size >= 0 && static_cast<std::uint64_t>(size) >= header.data_offset &&
         static_cast<std::uint64_t>(size) - header.data_offset >= bytes;
}

/// Reads a few rows at a time: the file's own bytes are never all in memory.
std::string read_values(std::ifstream& in, const Header& header, std::uint64_t first_row, Table& table,
                        std::size_t& bad) {
  const std::size_t total = table.rows * table.columns;
  table.values.resize(total);
  constexpr std::size_t piece = 1u << 16;
  std::vector<char> bytes(piece * header.type->size);
  in.seekg(static_cast<std::streamoff>(header.data_offset + first_row * header.columns * header.type->size));
  for (std::size_t begin = 0; begin < total; begin += piece) {
    const std::size_t count = std::min(piece, total - begin);
    if (!in.read(bytes.data(), static_cast<std::streamsize>(count * header.type->size))) return "ends too early";
    header.type->convert(bytes.data(), count, table.values.data() + begin);
  }
  for (bad = 0; bad < total; ++bad) {
    if (!std::isfinite(table.values[bad])) return "not a finite number";
  }
  return "";
}

}  // namespace

TableOrError read_npy(const std::string& path, const RowRange& range, std::size_t columns) {
  const auto error = [&](std::string message) { return FileError{path, 0, 0, std::move(message)}; };
  const files::InputFile file(path);
  if (!file.error().empty()) return error("cannot be read: " + file.error());
  if (!file.is_regular()) return error("is a pipe; an array is read from a regular file");
  std::ifstream in(path, std::ios::binary);
  if (!in) return error(std::string("cannot be read: ") + std::strerror(errno));
  Header header;
  if (std::string message = parse_header(in, header); !message.empty()) return error(message);
  if (header.rows == 0 || header.columns == 0) return error("is an empty array");
  if (!holds_array(in, header)) return error("is shorter than its header says");
  if (columns != 0 && header.columns != columns) {
    return error("has " + std::to_string(header.columns) + " numbers a row, but " + std::to_string(columns) +
                 " are expected");
  }
  const std::uint64_t last = range.last == 0 ? header.rows : range.last;
  if (range.first < 1 || last > header.rows || last < range.first) {
    return error("has " + std::to_string(header.rows) + " rows, not the rows " + std::to_string(range.first) + " to " +
                 (range.last == 0 ? std::string("the end") : std::to_string(range.last)));
  }
  Table table{static_cast<std::size_t>(last - range.first + 1), static_cast<std::size_t>(header.columns), {}, {}};
  std::size_t bad = 0;
  if (std::string message = read_values(in, header, range.first - 1, table, bad); !message.empty()) {
    if (bad == 0 && message == "ends too early") return error(message);
    return FileError{path, range.first + bad / table.columns, bad % table.columns + 1, message};
  }
  return table;
}

}  // namespace tpc::evaluation
