// The progress line.
#include "driver/terminal/progress.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace tpc::driver;

TEST_CASE("progress: text of the line; nothing where there is no terminal") {
  CHECK(progress_line("training", 0, 10, 0.0) == "training [........................] 0/10");
  CHECK(progress_line("training", 5, 10, 61.0) == "training [############............] 5/10 time left 1:01");
  CHECK(progress_line("training", 10, 10, 5.0) == "training [########################] 10/10 time left 0:00");
  CHECK(progress_line("x", 1, 2, 7200.0).ends_with("time left 2:00:00"));
  const std::string path = (std::filesystem::temp_directory_path() / "tpc_driver_test_progress").string();
  std::FILE* file = std::fopen(path.c_str(), "w");
  REQUIRE(file != nullptr);
  {
    Progress progress("quiet", 2, file);
    progress.update(1);
    progress.update(2);
  }
  std::fclose(file);
  CHECK(std::filesystem::file_size(path) == 0);
  std::filesystem::remove(path);
}
