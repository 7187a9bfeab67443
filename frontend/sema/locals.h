/// \file The names a fn or def binds: parameters, assigned values, lists and the variables of the loops around.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/diag/span.h"
#include "frontend/sema/term.h"

namespace tpc::sema {

/// `h[1] = ...`, `h[l, t] = ...`: elements are defined one by one.
struct List {
  std::map<std::vector<int64_t>, TermId> elements;  ///< by their indices, as many for each
  bool incomplete = false;                          ///< elements are missing because of an error that was reported
};

/// The rows of a task under one name, `support`: its fields are values of every row.
struct Group {
  std::map<std::string, TermId> fields;
};

/// What one name means: a value, a number known before (a loop's variable, say), a list or a group.
struct Binding {
  Span span;
  std::variant<TermId, double, List, Group> meaning;
};

using Locals = std::map<std::string, Binding>;

}  // namespace tpc::sema
