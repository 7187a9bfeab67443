/// \file What names mean where they are written, for editors: recorded while a program is checked (record_names.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/diag/span.h"
#include "frontend/ast/ast.h"

namespace tpc::sema {

enum class NameKind {
  width,
  dimension,
  constant,
  parameter,
  family,
  function,
  definition,
  data_set,
  field,
  argument,  ///< of a fn or def
  value,
  list,
  variable,  ///< of a loop
};

std::string name_kind_text(NameKind kind);  ///< "a width", "a `fn`", ...

/// One place where a name stands.
struct NameUse {
  std::string name;
  NameKind kind = NameKind::value;
  Span span;
  Span declared;          ///< where it gets its meaning: the same place, or one of the library
  std::string type = {};  ///< "[n, d]", or the number that it is; empty: not known
  [[nodiscard]] bool declares() const { return span == declared; }
};

/// The names of a program by where they stand; those inside of a def of the library are left out.
class Names {
 public:
  /// What is said of a place first counts, and its first type.
  void add(const NameUse& use);
  /// Where nothing is said of the place yet: a declaration of another kind than its uses show.
  void declare(const NameUse& declaration);
  /// The name that the byte lies in, or that ends before it; null: there is none.
  [[nodiscard]] const NameUse* at(uint32_t offset) const;
  [[nodiscard]] const NameUse* declaration_of(const NameUse& use) const;
  [[nodiscard]] const std::map<uint32_t, NameUse>& all() const { return uses_; }
  /// Every use is of the kind that its declaration is, and has its type where it has none.
  void settle();

 private:
  std::map<uint32_t, NameUse> uses_;  ///< by the first byte
};

}  // namespace tpc::sema
