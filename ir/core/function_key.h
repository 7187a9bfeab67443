/// \file By what a function of a module is found: its role and, where a module may have several, its number.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace tpc::ir {

enum class FunctionRole {
#define TPC_FUNCTION_ROLE(enumerator, spelling, several) enumerator,
#include "ir/core/function_roles.def"
  other,
};

struct FunctionKey {
  FunctionRole role = FunctionRole::other;
  uint32_t index = 0;  ///< of observations; else 0
  std::string text;    ///< of the role `other`: the function's name

  FunctionKey() = default;
  FunctionKey(FunctionRole which, uint32_t number = 0) : role(which), index(number) {}  // NOLINT: a role is a key
  /// Reads "step", "observe_0"; any other name is the role `other`.
  explicit FunctionKey(std::string_view name);
  friend auto operator<=>(const FunctionKey&, const FunctionKey&) = default;
};

/// "step", "observe_0", or the text: what FunctionKey reads.
std::string spelling(const FunctionKey& key);

}  // namespace tpc::ir
