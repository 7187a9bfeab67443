/// \file The outcome of applying an operation's shape rule: a type, or the reason why there is none.
#pragma once

#include <string>
#include <utility>

#include "ir/core/module.h"

namespace tpc::ir {

struct Typing {
  std::optional<Type> type;
  std::string error;

  Typing(Type t) : type(std::move(t)) {}  // NOLINT: a type is a typing
  static Typing failure(std::string why) {
    Typing t{Type{}};
    t.type.reset();
    t.error = std::move(why);
    return t;
  }
};

/// The union of two lists of dimensions in order of first appearance (the broadcasting rule).
std::vector<DimId> union_dims(const std::vector<DimId>& a, const std::vector<DimId>& b);
/// `dims` without those in `removed`.
std::vector<DimId> without_dims(const std::vector<DimId>& dims, const std::vector<DimId>& removed);
bool contains_dim(const std::vector<DimId>& dims, DimId dim);
/// The same dimensions in any order.
bool same_dims(const std::vector<DimId>& a, const std::vector<DimId>& b);
bool has_repeated_dim(const std::vector<DimId>& dims);

}  // namespace tpc::ir
