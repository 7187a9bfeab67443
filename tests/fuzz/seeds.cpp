#include "tests/fuzz/seeds.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "driver/compile.h"

namespace tpc::fuzz {
namespace {

std::vector<std::filesystem::path> files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".tp") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::vector<std::string> example_programs(const std::filesystem::path& folder) {
  std::vector<std::string> texts;
  for (const auto& path : files(folder)) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    texts.push_back(text.str());
  }
  return texts;
}

std::vector<std::string> example_irs(const std::filesystem::path& folder) {
  constexpr size_t most = 40'000;  // bytes; larger texts take long and say the same
  std::vector<std::string> texts;
  const auto add = [&](const auto& module) {
    if (module && print(*module).size() <= most) texts.push_back(print(*module));
  };
  for (const auto& path : files(folder)) {
    for (const char* parametrization : {"mup", "ntp"}) {
      driver::Options options;
      options.file = path.string();
      options.parametrization = parametrization;
      if (const auto compilation = driver::compile(options, driver::Stage::limit)) {
        add(compilation->finite_width);
        add(compilation->training_step);
        add(compilation->random_limit);
        add(compilation->limit);
      }
    }
  }
  return texts;
}

}  // namespace tpc::fuzz
