/// \file PNG pictures, made of SVG by librsvg's program rsvg-convert (Debian: librsvg2-bin), if that is installed.
#pragma once

#include <string>

namespace tpc::driver {

/// Whether a path names a PNG.
bool is_png(const std::string& path);

/// Why there are no PNG pictures here; empty: there are.
std::string obstacle_to_png();

struct Png {
  std::string bytes;
  std::string failure;  ///< empty: none
};
Png png_of(const std::string& svg);

}  // namespace tpc::driver
