#include "driver/report/page/sections.h"

namespace tpc::driver::page {

Section equations_section(const ShownEquations& shown) {
  return {"equations", "Equations of the limit", equations::derive_html(shown.limit, shown.evaluation)};
}

Section no_equations_section(const std::string& why) {
  return {"equations", "Equations of the limit", note("There is no limit to write down.", why)};
}

}  // namespace tpc::driver::page
