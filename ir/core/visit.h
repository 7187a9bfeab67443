/// \file Exhaustive visits of a variant: one overload a case, and one for several cases that are named one by one, so
/// that a new case does not compile until it has a rule.
#pragma once

#include <concepts>

namespace tpc::ir {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

/// The operation is one of those listed.
template <class Op, class... Ops>
concept OneOf = (std::same_as<Op, Ops> || ...);

}  // namespace tpc::ir
