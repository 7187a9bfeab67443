/// \file Extents: dimensions whose size is known only when the program runs. Each comes with the data whose fields have
/// it and may differ from call to call; a twin that no field of the function has counts the same points as its
/// dimension.
#pragma once

#include <vector>

#include "ir/core/fields.h"
#include "ir/core/module.h"
#include "ir/core/shared_ops.h"

namespace tpc::ir {

/// Calls f(DimId) for every dimension that the instruction names, in its type or in a field.
template <class Op, class F>
void for_each_dim(const Instruction<Op>& instruction, F&& f) {
  for (DimId dim : instruction.type.dims) f(dim);
  for_each_field(instruction.op, [&](const char*, const auto& field) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, DimId>) {
      if (field.valid()) f(field);
    } else if constexpr (std::is_same_v<Field, std::vector<DimId>>) {
      for (DimId dim : field) f(dim);
    }
  });
}

/// The extents that one function works with. Does not refer to the module or function afterwards.
class FunctionExtents {
 public:
  template <class Op>
  FunctionExtents(const Module<Op>& module, const Function<Op>& function) {
    std::vector<bool> with_data(module.dims.size()), used(module.dims.size());
    for (const Instruction<Op>& instruction : function.body) {
      if (!std::holds_alternative<Input>(instruction.op)) continue;
      for (DimId dim : instruction.type.dims) with_data[dim.index] = true;
    }
    for (size_t i = 0; i < module.dims.size(); ++i) {
      extent_of_.push_back(with_data[i] ? DimId(i) : module.untwinned(DimId(i)));
    }
    for (const Instruction<Op>& instruction : function.body) {
      for_each_dim(instruction, [&](DimId dim) { used[of(dim).index] = true; });
    }
    for (size_t i = 0; i < used.size(); ++i) {
      if (used[i] && !module.dims[i].size) used_.emplace_back(i);
    }
  }

  /// Whose size the dimension has in this function: its own, or that of the one whose twin it is.
  [[nodiscard]] DimId of(DimId dim) const { return extent_of_[dim.index]; }
  /// Everything that `of` gives for dimensions of this function, ascending.
  [[nodiscard]] const std::vector<DimId>& used() const { return used_; }

 private:
  std::vector<DimId> extent_of_, used_;
};

}  // namespace tpc::ir
