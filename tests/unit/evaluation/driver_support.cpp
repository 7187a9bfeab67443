#include "driver_support.h"

#include <unistd.h>

#include <doctest/doctest.h>

#include <fstream>

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "tpc_driver_XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TemporaryFolder::file(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
  return (path_ / name).string();
}

std::string program_text(const std::string& parameters, const std::string& network) {
  return "model small\nwidth n\n" + parameters + "\ndef net(x : [2]) -> [1] {\n" + network +
         "\n}\n"
         "data train : x[2], y[1] {\n 1.0 0.3 1.0\n -0.4 0.8 -1.0\n}\n"
         "train {\n data = train\n loss = mse(net(x), y)\n optimizer = sgd(lr = 0.1)\n batch = full\n steps = 2\n}\n"
         "parametrization mup\n";
}

std::unique_ptr<tpc::driver::Compilation> compile_text(const std::string& text, tpc::driver::Stage last) {
  const TemporaryFolder folder;
  tpc::driver::Options options;
  options.file = folder.file("small.tp", text);
  auto compilation = tpc::driver::compile(options, last);
  REQUIRE(compilation != nullptr);
  return compilation;
}
