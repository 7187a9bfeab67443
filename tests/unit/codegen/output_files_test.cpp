// The files a compiled model is written to.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "codegen/codegen.h"
#include "tests/unit/codegen/network.h"

namespace {

using namespace tpc;
using namespace tpc::test;

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST_CASE("every kind of file is what its name says") {
  const codegen::CompiledModel model(network({}), {});
  const auto directory = std::filesystem::temp_directory_path() / "tpc_output_files_test";
  std::filesystem::create_directories(directory);
  const auto write = [&](const char* name) {
    CHECK(model.write((directory / name).string(), "") == "");
    return contents(directory / name);
  };
  CHECK(
      write("m.o").starts_with("\x7f"
                               "ELF"));
  CHECK(
      write("m.so").starts_with("\x7f"
                                "ELF"));
  CHECK(write("m.a").starts_with("!<arch>\n"));
  CHECK(write("m.a").find("m.o") != std::string::npos);
  CHECK(write("m.bc").starts_with("BC\xc0\xde"));
  CHECK(write("m.ll") == model.llvm_text());
  CHECK(write("m.s") == model.assembly_text());
  CHECK(model.assembly_text().find("net_step:") != std::string::npos);
  CHECK(model.write((directory / "m.xyz").string(), "").find("m.xyz") != std::string::npos);
  CHECK(model.write((directory / "missing" / "m.o").string(), "").starts_with("cannot write"));
  CHECK(model.write((directory / "missing" / "m.a").string(), "").starts_with("cannot write"));
  CHECK(model.write((directory / "missing" / "m.so").string(), "").starts_with("cannot link"));
  std::filesystem::remove_all(directory);
}

TEST_CASE("symbols carry the prefix") {
  codegen::CodegenOptions options;
  options.prefix = "my-model";
  const std::string text = codegen::CompiledModel(network({}), options).llvm_text();
  CHECK(text.find("@my_x2dmodel_step(") != std::string::npos);
  CHECK(text.find("@my_x2dmodel_model") != std::string::npos);
  CHECK(codegen::c_header(network({}), options).find("typedef tp_state my_x2dmodel_state;") != std::string::npos);
  options.prefix = "tp";  // whose symbols are the runtime's
  CHECK(codegen::CompiledModel(network({}), options).llvm_text().find("@tp__create(") != std::string::npos);
}

}  // namespace
