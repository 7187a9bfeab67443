#include "library/texts.h"

namespace tpc::library {

const std::vector<Text>& texts() {
  static const std::vector<Text> all = {
#include "texts.inc"
  };
  return all;
}

}  // namespace tpc::library
