/// \file Distinct 32-bit ids for everything an IR node can refer to. Ids of different kinds do not mix.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace tpc::ir {

template <class Tag>
struct Id {
  static constexpr uint32_t none = UINT32_MAX;
  uint32_t index = none;

  constexpr Id() = default;
  constexpr explicit Id(size_t i) : index(static_cast<uint32_t>(i)) {}
  [[nodiscard]] constexpr bool valid() const { return index != none; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using ValueId = Id<struct ValueTag>;        ///< an instruction of one function, and the value it makes
using DimId = Id<struct DimTag>;            ///< a finite (not growing) dimension of a module
using StateId = Id<struct StateTag>;        ///< a trained parameter (or other state carried over steps)
using FunctionId = Id<struct FunctionTag>;  ///< a function of a module

}  // namespace tpc::ir

template <class Tag>
struct std::hash<tpc::ir::Id<Tag>> {
  size_t operator()(tpc::ir::Id<Tag> id) const noexcept { return id.index; }
};
