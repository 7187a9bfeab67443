/// \file What an IR is called and how its kinds are spelled: the only textual differences between the two IRs besides
/// their operations.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "ir/core/module.h"

namespace tpc::ir {

struct Dialect {
  std::string_view name;                       ///< first word of a printed module
  std::array<std::string_view, 5> kind_names;  ///< indexed by Kind; empty: not a kind of this IR
};

/// Text of a type, e.g. "vector[B, k]"; an id that is out of range prints as "?".
std::string type_text(const Dialect& dialect, const std::vector<Dimension>& dims, const Type& type);

}  // namespace tpc::ir
