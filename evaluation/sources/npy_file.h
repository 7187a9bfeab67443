/// \file The elements of a NumPy array file as they are stored (NEP 1 and its version 2).
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "evaluation/sources/table.h"

namespace tpc::evaluation {

/// The type of an element; std::visit gives every type its case.
using ElementType =
    std::variant<std::type_identity<std::uint8_t>, std::type_identity<std::int8_t>, std::type_identity<std::uint16_t>,
                 std::type_identity<std::int16_t>, std::type_identity<std::uint32_t>, std::type_identity<std::int32_t>,
                 std::type_identity<std::uint64_t>, std::type_identity<std::int64_t>, std::type_identity<float>,
                 std::type_identity<double>>;

/// Bytes of an element.
std::size_t size_of(const ElementType& type);
/// NumPy's name without the byte order: "u1", "f8".
std::string name_of(const ElementType& type);

/// An open array: its header is read and the file is long enough. Versions 1 and 2, little-endian C order, elements u1
/// i1 u2 i2 u4 i4 u8 i8 f4 f8. Errors: the file cannot be read, is a pipe or is not such an array; it is empty or
/// shorter than its header says.
class NpyFile {
 public:
  explicit NpyFile(const std::string& path);

  [[nodiscard]] const std::optional<FileError>& error() const { return error_; }
  [[nodiscard]] const ElementType& type() const { return type_; }
  [[nodiscard]] const std::vector<std::uint64_t>& shape() const { return shape_; }
  /// The first dimension, and the product of the others (1 where there are none).
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t columns() const { return columns_; }
  /// The bytes of `count` elements from number `first` on, in the order of the file. False: it ends too early.
  bool read(std::uint64_t first, std::uint64_t count, char* bytes);

 private:
  std::string open(const std::string& path);
  std::string read_header();
  std::string parse_type(std::string_view text);
  std::string parse_shape(std::string_view text);
  bool holds_array();

  std::ifstream in_;
  std::optional<FileError> error_;
  ElementType type_;
  std::vector<std::uint64_t> shape_;
  std::uint64_t rows_ = 1, columns_ = 1, data_offset_ = 0;
};

/// A whole array in memory, in the file's own type.
struct NumberArray {
  ElementType type;
  std::vector<std::uint64_t> shape;
  std::vector<char> bytes;
};

/// Errors: as of NpyFile; an element that is not finite.
std::variant<NumberArray, FileError> read_array(const std::string& path);

}  // namespace tpc::evaluation
