/// \file The names a fn or def binds: parameters, assigned values, lists and the variables of the loops around.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/diag/span.h"
#include "frontend/sema/term.h"

namespace tpc::sema {

/// Where an index stands: at a number, or at a multiple of the variable of a loop plus a number.
struct Position {
  std::optional<size_t> loop;  ///< of Body::loops
  int64_t offset = 0;          ///< the number, if there is no loop
  int64_t step = 1;            ///< how far the next iteration's place lies from this one's; not 0
  friend bool operator==(const Position&, const Position&) = default;
};

/// What an independent loop assigned to the elements of a list: one value with the loop's index.
struct ElementFamily {
  std::vector<Position> indices;
  TermId value;
  std::vector<size_t> made_in;  ///< the loops around the assignment that are still being read
};

/// A loop that assigns elements of a list, while its body is read: elsewhere than where it has already assigned them,
/// they may still be those of an earlier iteration.
struct Rewriting {
  size_t loop = 0;
  std::vector<std::vector<std::optional<int64_t>>> places;  ///< of every assignment, the indices that are numbers
  mutable bool reads_before = false;  ///< an element was read at the variable of the loop before it was assigned
};

/// `h[1] = ...`, `h[l, t] = ...`: elements are defined one by one, or by a loop.
struct List {
  std::map<std::vector<int64_t>, TermId> elements;  ///< by their indices, as many for each
  std::vector<ElementFamily> families;              ///< in the order of their assignment; newer than `elements`
  std::vector<Rewriting> rewritten_by;
  bool incomplete = false;  ///< elements are missing because of an error that was reported

  /// How many indices an element has; empty: there is none yet.
  [[nodiscard]] std::optional<size_t> index_count() const {
    if (!elements.empty()) return elements.begin()->first.size();
    return families.empty() ? std::nullopt : std::optional(families.front().indices.size());
  }
};

/// The variable of a loop that is read once for all its iterations.
struct Counter {
  size_t loop = 0;
};

/// A value that an iteration of such a loop would find as the one before left it. `at_end`: what the last iteration
/// makes of it, if that is known.
struct Carried {
  size_t loop = 0;
  TermId at_end = {};
};

/// The rows of a task under one name, `support`: its fields are values of every row.
struct Group {
  std::map<std::string, TermId> fields;
};

/// `W` or `W[2]` of a family that a def is given: its members, or those whose first indices are these.
struct FamilyPart {
  size_t family = 0;  ///< of Checker::families
  std::vector<int64_t> leading;
};

/// What one name means: a value, a number known before (the variable of a loop that is repeated, say), a list, a group
/// or a family of parameters.
struct Binding {
  Span span;
  std::variant<TermId, double, List, Group, Counter, Carried, FamilyPart> meaning;
};

using Locals = std::map<std::string, Binding>;

}  // namespace tpc::sema
