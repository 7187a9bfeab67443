#include "evaluation/sources/npy_file.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>

#include "base/files/input_file.h"

namespace tpc::evaluation {
namespace {

struct NamedType {
  std::string_view name;
  ElementType type;
};
constexpr NamedType named_types[] = {
    {"u1", std::type_identity<std::uint8_t>{}},  {"i1", std::type_identity<std::int8_t>{}},
    {"u2", std::type_identity<std::uint16_t>{}}, {"i2", std::type_identity<std::int16_t>{}},
    {"u4", std::type_identity<std::uint32_t>{}}, {"i4", std::type_identity<std::int32_t>{}},
    {"u8", std::type_identity<std::uint64_t>{}}, {"i8", std::type_identity<std::int64_t>{}},
    {"f4", std::type_identity<float>{}},         {"f8", std::type_identity<double>{}},
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

/// The index of the first element that is not finite.
std::optional<std::size_t> first_not_finite(const ElementType& type, const std::vector<char>& bytes) {
  return std::visit(
      [&]<class T>(std::type_identity<T>) -> std::optional<std::size_t> {
        if constexpr (std::is_floating_point_v<T>) {
          for (std::size_t i = 0; i * sizeof(T) < bytes.size(); ++i) {
            T value;
            std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
            if (!std::isfinite(value)) return i;
          }
        }
        return std::nullopt;
      },
      type);
}

}  // namespace

std::size_t size_of(const ElementType& type) {
  return std::visit([]<class T>(std::type_identity<T>) { return sizeof(T); }, type);
}

std::string name_of(const ElementType& type) {
  std::string name;
  for (const NamedType& named : named_types) {
    if (named.type.index() == type.index()) name = named.name;
  }
  return name;
}

NpyFile::NpyFile(const std::string& path) {
  if (std::string message = open(path); !message.empty()) error_ = FileError{path, 0, 0, std::move(message)};
}

std::string NpyFile::open(const std::string& path) {
  const files::InputFile file(path);
  if (!file.error().empty()) return "cannot be read: " + file.error();
  if (!file.is_regular()) return "is a pipe; an array is read from a regular file";
  in_.open(path, std::ios::binary);
  if (!in_) return std::string("cannot be read: ") + std::strerror(errno);
  if (std::string message = read_header(); !message.empty()) return message;
  if (rows_ == 0 || columns_ == 0) return "is an empty array";
  return holds_array() ? "" : "is shorter than its header says";
}

bool NpyFile::read(std::uint64_t first, std::uint64_t count, char* bytes) {
  in_.seekg(static_cast<std::streamoff>(data_offset_ + first * size_of(type_)));
  return static_cast<bool>(in_.read(bytes, static_cast<std::streamsize>(count * size_of(type_))));
}

std::string NpyFile::parse_type(std::string_view text) {
  if (text.size() < 3 || text.front() != '\'') return "is not an array of plain numbers";
  text = text.substr(1, text.find('\'', 1) - 1);
  if (!text.empty() && text.front() == '>')
    return "is big-endian ('" + std::string(text) + "'); only little-endian is read";
  if (!text.empty() && (text.front() == '<' || text.front() == '|' || text.front() == '=')) text.remove_prefix(1);
  for (const NamedType& named : named_types) {
    if (named.name != text) continue;
    type_ = named.type;
    return "";
  }
  return "has elements of type '" + std::string(text.substr(0, 20)) + "', which are not read";
}

/// "(60000, 28, 28)", "(5,)", "()".
std::string NpyFile::parse_shape(std::string_view text) {
  constexpr const char* malformed = "has a malformed shape in its header";
  const std::size_t close = text.find(')');
  if (text.empty() || text.front() != '(' || close == std::string_view::npos) return malformed;
  text = text.substr(1, close - 1);
  for (; text.find_first_not_of(" ,") != std::string_view::npos;) {
    text.remove_prefix(text.find_first_not_of(' '));
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc()) return malformed;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (!text.empty() && text.front() != ',') return malformed;
    if (!text.empty()) text.remove_prefix(1);
    std::uint64_t& product = shape_.empty() ? rows_ : columns_;
    if (__builtin_mul_overflow(product, length, &product)) return "has a shape too large to exist";
    shape_.push_back(length);
  }
  return "";
}

std::string NpyFile::read_header() {
  char prefix[8];
  if (!in_.read(prefix, sizeof prefix) || std::memcmp(prefix, "\x93NUMPY", 6) != 0) return "is not a NumPy array";
  if (prefix[6] != 1 && prefix[6] != 2) return "has an unknown version of the NumPy format";
  unsigned char length_bytes[4] = {};
  const std::size_t length_size = prefix[6] == 1 ? 2 : 4;
  if (!in_.read(reinterpret_cast<char*>(length_bytes), static_cast<std::streamsize>(length_size)))
    return "ends within its header";
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_size; ++i) length |= static_cast<std::size_t>(length_bytes[i]) << (8 * i);
  if (length > 65536) return "has an absurdly long header";
  std::string text(length, '\0');
  if (!in_.read(text.data(), static_cast<std::streamsize>(length))) return "ends within its header";
  data_offset_ = sizeof prefix + length_size + length;
  const auto type = entry(text, "descr");
  const auto order = entry(text, "fortran_order");
  const auto shape = entry(text, "shape");
  if (!type || !order || !shape) return "has a malformed header";
  if (order->starts_with("True")) return "is in Fortran order; only C order is read";
  if (!order->starts_with("False")) return "has a malformed header";
  if (std::string message = parse_type(*type); !message.empty()) return message;
  return parse_shape(*shape);
}

/// Whether the file really holds the array; sizes that overflow do not.
bool NpyFile::holds_array() {
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(rows_, columns_, &bytes)) return false;
  if (__builtin_mul_overflow(bytes, size_of(type_), &bytes)) return false;
  in_.seekg(0, std::ios::end);
  const std::streamoff size = in_.tellg();
  return size >= 0 && static_cast<std::uint64_t>(size) >= data_offset_ &&
         static_cast<std::uint64_t>(size) - data_offset_ >= bytes;
}

std::variant<NumberArray, FileError> read_array(const std::string& path) {
  NpyFile file(path);
  if (file.error()) return *file.error();
  const std::uint64_t count = file.rows() * file.columns();
  NumberArray array{file.type(), file.shape(), std::vector<char>(count * size_of(file.type()))};
  if (!file.read(0, count, array.bytes.data())) return FileError{path, 0, 0, "ends too early"};
  if (const auto bad = first_not_finite(array.type, array.bytes)) {
    return FileError{path, *bad / file.columns() + 1, *bad % file.columns() + 1, "not a finite number"};
  }
  return array;
}

}  // namespace tpc::evaluation
