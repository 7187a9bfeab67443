#include "library/texts.h"

namespace tpc::library {

const std::vector<EmbeddedText>& texts() {
  static const std::vector<EmbeddedText> all = {
#include "texts.inc"
  };
  return all;
}

}  // namespace tpc::library
