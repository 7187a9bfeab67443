// Names of data fields as parameters of C functions.
#include "codegen/c_names.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace {

using namespace tpc::codegen;
namespace fs = std::filesystem;

const char* const c_headers[] = {
    "assert",      "complex", "ctype",  "errno",    "fenv",   "float",   "inttypes", "iso646",    "limits", "locale",
    "math",        "setjmp",  "signal", "stdalign", "stdarg", "stdbool", "stddef",   "stdint",    "stdio",  "stdlib",
    "stdnoreturn", "string",  "tgmath", "time",     "uchar",  "wchar",   "wctype",   "stdatomic", "threads"};
const char* const cpp_headers[] = {"cassert", "cctype",  "cerrno",  "cfenv",   "cfloat",  "cinttypes",
                                   "climits", "clocale", "cmath",   "csetjmp", "csignal", "cstdarg",
                                   "cstddef", "cstdint", "cstdio",  "cstdlib", "cstring", "ctime",
                                   "cuchar",  "cwchar",  "cwctype", "vector",  "string",  "version"};

std::string includes(const auto& headers, const char* ending) {
  std::string text;
  for (const char* header : headers) text += std::string("#include <") + header + ending + ">\n";
  return text;
}

/// The directory of the test, removed at its end.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("tpc_c_names_" + std::to_string(std::rand()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  void write(const char* name, const std::string& text) const { std::ofstream(path / name) << text; }
  [[nodiscard]] bool run(const std::string& command) const {
    return std::system(("cd " + path.string() + " && " + command).c_str()) == 0;
  }
};

/// Every macro that the compiler defines after these includes.
void add_macros(const Folder& folder, const std::string& compiler, const std::string& text,
                std::set<std::string>& names) {
  folder.write("all", text);
  REQUIRE(folder.run(compiler + " -dM -E all > macros"));
  std::ifstream macros(folder.path / "macros");
  for (std::string define, name, rest; macros >> define >> name && std::getline(macros, rest);) {
    names.insert(name.substr(0, name.find('(')));
  }
}

std::vector<Field> fields(const std::vector<std::string>& names) {
  std::vector<Field> result;
  for (const std::string& name : names) result.push_back({name, 1, {}, {}});
  return result;
}

TEST_CASE("every macro of the standard headers can be the name of a field") {
  const Folder folder;
  const std::string c = includes(c_headers, ".h"), cpp = includes(cpp_headers, "");
  std::set<std::string> names{"int", "class", "and", "constexpr", "restrict", "x", "count", "f"};
  for (const char* mode : {"gnu17", "c17"}) add_macros(folder, std::string("cc -x c -std=") + mode, c, names);
  add_macros(folder, "c++ -x c++ -std=gnu++20", cpp, names);
  REQUIRE(names.size() > 800);
  std::string declarations;
  for (const std::string& name : names) {
    declarations += "void probe" + std::to_string(declarations.size()) + "(const double *" +
                    parameter_names(fields({name})).front() + ", int more);\n";
  }
  folder.write("all.c", c + declarations);
  folder.write("all.cpp", cpp + declarations);
  for (const char* mode : {"gnu17", "c17"}) CHECK(folder.run(std::string("cc -fsyntax-only all.c -std=") + mode));
  CHECK(folder.run("c++ -fsyntax-only all.cpp -std=gnu++20"));
}

TEST_CASE("names stay what they are where they can, and differ") {
  CHECK(parameter_names(fields({"x", "pixels", "X", "y1", "label"})) ==
        std::vector<std::string>{"x", "pixels", "X", "y1", "label"});
  CHECK(parameter_names(fields({"NULL", "NULL_", "__FILE__", "unix", "errno", "class"})) ==
        std::vector<std::string>{"NULL_", "NULL__", "x__FILE__", "unix_", "errno_", "class_"});
}

}  // namespace
