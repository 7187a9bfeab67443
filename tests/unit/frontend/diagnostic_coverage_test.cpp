// Every diagnostic of base/diag/diagnostics.def is produced by some test: its name stands in brackets, as
// printed, in a file under tests/.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"

namespace tpc::test {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> all_kinds = {
#define TPC_DIAGNOSTIC(enumerator, severity, text) #enumerator,
#include "base/diag/diagnostics.def"
};

/// Kinds no test can produce in reasonable time, each with the reason.
const std::set<std::string> exceptions = {};

/// The text of every test file.
std::string all_test_text() {
  std::string text;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(TPC_SOURCE_DIR) / "tests")) {
    const std::string extension = entry.path().extension().string();
    const bool is_test = extension == ".tp" || extension == ".test" || extension == ".tpir" || extension == ".cpp";
    if (!entry.is_regular_file() || !is_test) continue;
    std::ifstream file(entry.path());
    std::ostringstream content;
    content << file.rdbuf();
    text += content.str();
  }
  return text;
}

TEST_CASE("every diagnostic is produced by a test") {
  const std::string text = all_test_text();
  for (size_t i = 0; i < all_kinds.size(); ++i) {
    const std::string name(diag::kind_name(static_cast<diag::Kind>(i)));
    const bool covered = text.find("[" + name + "]") != std::string::npos;
    CAPTURE(name);
    CHECK(covered != exceptions.contains(name));
  }
}

}  // namespace
}  // namespace tpc::test
