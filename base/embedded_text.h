/// \file A file of the source tree that is compiled in (cmake/texts.cmake).
#pragma once

namespace tpc {

struct EmbeddedText {
  const char* name;  ///< its path from the source tree: "library/convolution.tp"
  const char* text;
};

}  // namespace tpc
