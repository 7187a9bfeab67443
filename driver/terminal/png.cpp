#include "driver/terminal/png.h"

#include <unistd.h>

#include <filesystem>

#include "base/files/output_file.h"
#include "driver/terminal/child.h"

namespace tpc::driver {
namespace {

const std::string converter = "rsvg-convert";

/// A file of its own for as long as it lives.
class TemporarySvg {
 public:
  explicit TemporarySvg(const std::string& svg)
      : path_((std::filesystem::temp_directory_path() / ("tpc-" + std::to_string(getpid()) + ".svg")).string()),
        failure_(files::write_file(path_, svg)) {}
  ~TemporarySvg() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporarySvg(const TemporarySvg&) = delete;
  TemporarySvg& operator=(const TemporarySvg&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  std::string path_, failure_;
};

}  // namespace

bool is_png(const std::string& path) { return path.ends_with(".png"); }

std::string obstacle_to_png() {
  const Child child = run_child({converter, "--version"});
  if (child.obstacle.empty() && child.status == 0) return "";
  return "PNG pictures are made by `" + converter +
         "`, which is not installed (Debian: librsvg2-bin); call the file something.svg, which needs nothing";
}

Png png_of(const std::string& svg) {
  const TemporarySvg file(svg);
  if (!file.failure().empty()) return {"", file.path() + ": " + file.failure()};
  Child child = run_child({converter, "--format=png", file.path()});
  if (child.obstacle.empty() && child.status == 0) return {std::move(child.output), ""};
  return {"", converter + " failed" + (child.obstacle.empty() ? "" : ": " + child.obstacle)};
}

}  // namespace tpc::driver
