#include "codegen/c_names.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tpc::codegen {

namespace {

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Keywords of C23 and C++20, macros of their standard headers and of compilers, and the parameters the wrappers have
/// themselves.
constexpr auto reserved_names = std::to_array<std::string_view>({
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "typeof_unqual",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
    "batch",
    "columns",
    "count",
    "f",
    "f_stderr",
    "loss",
    "options",
    "path",
    "rows",
    "size_t",
    "state",
    "value",
    "value_stderr",
    "I",
    "assert",
    "complex",
    "errno",
    "i386",
    "imaginary",
    "linux",
    "math_errhandling",
    "noreturn",
    "offsetof",
    "stderr",
    "stdin",
    "stdout",
    "unix",
});

/// Capitals, which is how macros are written, or a family of the standard headers that is not all of capitals.
bool can_be_macro(std::string_view name) {
  constexpr std::string_view families[] = {"L_", "M_", "P_", "PRI", "SCN", "sa_", "si_", "sigev_", "va_", "atomic_"};
  if (std::ranges::any_of(families, [&](std::string_view family) { return name.starts_with(family); })) return true;
  const bool capitals = std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
  return capitals && std::ranges::count_if(name, [](char c) { return c >= 'A' && c <= 'Z'; }) > 1;
}

/// Names that belong to the implementation.
bool is_of_compiler(std::string_view name) {
  return name.size() > 1 && name[0] == '_' && (name[1] == '_' || (name[1] >= 'A' && name[1] <= 'Z'));
}

}  // namespace

std::string c_identifier(const std::string& name) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      result += c;
    } else {
      result += {'_', 'x', digits[byte >> 4], digits[byte & 15]};
    }
  }
  if (result.empty() || (result.front() >= '0' && result.front() <= '9')) result.insert(0, "_");
  return result;
}

std::string symbol_prefix(const ir::limit::Module& module, const CodegenOptions& options) {
  const std::string prefix = c_identifier(options.prefix.empty() ? module.name : options.prefix);
  return prefix == "tp" ? "tp_" : prefix;  // tp_create and the like are the runtime's own
}

std::vector<std::string> parameter_names(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  for (const Field& field : fields) {
    std::string name = c_identifier(field.name);
    if (is_of_compiler(name)) name.insert(0, "x");
    if (can_be_macro(name)) name += '_';
    while (std::ranges::find(reserved_names, name) != reserved_names.end() ||
           std::ranges::find(names, name) != names.end()) {
      name += '_';
    }
    names.push_back(name);
  }
  return names;
}

}  // namespace tpc::codegen
