#include "driver/report/page/texts.h"

#include <string>
#include <utility>

#include "base/diag/check.h"

namespace tpc::driver::page {

std::string_view asset(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> all[] = {
#include "page_texts.inc"
  };
  for (const auto& [path, text] : all) {
    if (path.substr(path.rfind('/') + 1) == name) return text;
  }
  internal_error(__FILE__, __LINE__, "no such part of a page");
}

}  // namespace tpc::driver::page
