#include "frontend/sema/program.h"

namespace tpc::sema {

std::string input_name(const std::string& name, const std::string& rows) {
  return rows.empty() ? name : rows + name.substr(name.find('.'));
}

}  // namespace tpc::sema
