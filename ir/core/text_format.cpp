#include "ir/core/text_format.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "ir/core/dialect.h"

namespace tpc::ir {
namespace {

constexpr std::array<std::string_view, 5> role_names{"input", "vector", "hidden", "output", "finite"};
constexpr std::array<std::string_view, 5> init_names{"zero", "constant", "gaussian", "noise", "share"};

/// The enumerator at the name's position in its list.
template <class Enumeration, size_t count>
std::optional<Enumeration> enumerator(const std::array<std::string_view, count>& names, std::string_view name) {
  auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enumeration>(found - names.begin());
}

}  // namespace

bool is_name_start(unsigned char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || byte >= 0x80;
}

bool is_name_byte(unsigned char byte) {
  return is_name_start(byte) || (byte >= '0' && byte <= '9') || byte == '.' || byte == '\'';
}

std::string quoted_text(std::string_view text) {
  static constexpr std::string_view hexadecimal = "0123456789abcdef";
  std::string result = "\"";
  for (char character : text) {
    auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      result += '\\';
      result += character;
    } else if (character == '\n') {
      result += "\\n";
    } else if (character == '\t') {
      result += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      result += "\\x";
      result += hexadecimal[byte >> 4];
      result += hexadecimal[byte & 15];
    } else {
      result += character;
    }
  }
  return result + '"';
}

std::string name_text(std::string_view name) {
  bool plain =
      !name.empty() && is_name_start(static_cast<unsigned char>(name.front())) &&
      std::all_of(name.begin(), name.end(), [](char c) { return is_name_byte(static_cast<unsigned char>(c)); });
  return plain ? std::string(name) : quoted_text(name);
}

std::string number_text(double value) {
  std::array<char, 40> buffer{};
  auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

std::optional<double> number_from_text(std::string_view text) {
  double value = 0.0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Exponent> exponent_from_text(std::string_view text) {
  if (text == "-inf") return Exponent::zero_quantity();
  auto rational = Rational::parse(text);
  return rational ? std::optional<Exponent>(*rational) : std::nullopt;
}

std::string_view role_name(Role role) { return role_names.at(static_cast<size_t>(role)); }
std::optional<Role> role_from_name(std::string_view name) { return enumerator<Role>(role_names, name); }
std::string_view init_name(InitKind init) { return init_names.at(static_cast<size_t>(init)); }
std::optional<InitKind> init_from_name(std::string_view name) { return enumerator<InitKind>(init_names, name); }

std::string type_text(const Dialect& dialect, const std::vector<Dimension>& dims, const Type& type) {
  std::string result(dialect.kind_names.at(static_cast<size_t>(type.kind)));
  for (size_t i = 0; i < type.dims.size(); ++i) {
    uint32_t index = type.dims[i].index;
    result += i == 0 ? "[" : ", ";
    result += index < dims.size() ? name_text(dims[index].name) : "?";
  }
  return type.dims.empty() ? result : result + "]";
}

}  // namespace tpc::ir
