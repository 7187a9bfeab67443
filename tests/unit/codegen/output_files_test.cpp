// The files a compiled model is written to.
#include <doctest/doctest.h>

#include <string>

#include "codegen/codegen.h"
#include "tests/unit/codegen/network.h"

namespace {

using namespace tpc;
using namespace tpc::test;

TEST_CASE("every kind of file is what its name says") {
  const codegen::CompiledModel model(network({}), {});
  const auto contents = [&](const char* path) {
    const auto kind = codegen::file_kind(path);
    REQUIRE(kind);
    const codegen::FileContents file = model.contents(*kind, "m", "");
    CHECK(file.error == "");
    return file.bytes;
  };
  const std::string elf = std::string("\x7f") + "ELF";
  CHECK(contents("m.o").starts_with(elf));
  CHECK(contents("some/m.so").starts_with(elf));
  CHECK(contents("m.a").starts_with("!<arch>\n"));
  CHECK(contents("m.a").find("m.o") != std::string::npos);
  CHECK(contents("m.bc").starts_with("BC\xc0\xde"));
  CHECK(contents("m.ll") == model.llvm_text());
  CHECK(contents("m.s") == model.assembly_text());
  CHECK(model.assembly_text().find("net_step:") != std::string::npos);
  for (const char* path : {"m.xyz", "m", "m.o/m", ""}) CHECK(!codegen::file_kind(path));
}

TEST_CASE("a processor that code cannot be made for is refused, with those for which it can") {
  for (const char* cpu : {"i386", "pentium3", "toaster", ""}) {
    codegen::CodegenOptions options;
    options.cpu = cpu;
    const codegen::CompiledModel model(network({}), options);
    if (*cpu == '\0') {  // this one
      CHECK(model.error().empty());
      continue;
    }
    CHECK(model.error().find(cpu) != std::string::npos);
    CHECK(model.error().find("x86-64-v3") != std::string::npos);
    CHECK(model.error().find(", i386") == std::string::npos);
  }
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
