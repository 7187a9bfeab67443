/// \file The skeleton of a page, its style and its script: the files of assets/, compiled in.
#pragma once

#include <string_view>

namespace tpc::driver::page {

/// "page.html". Precondition: assets/ has it.
std::string_view asset(std::string_view name);

}  // namespace tpc::driver::page
