/// \file What may stand at a place of a text that is being typed, by the words before it: for completion. Works on
/// broken text, as the lexer does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diag/span.h"
#include "frontend/sema/words.h"

namespace tpc::driver::server {

enum class Expected {
  nothing,          ///< a number, a new name
  declaration,      ///< its first word
  statement,        ///< the first word of one in a def
  setting,          ///< the first word of one in `train { }`
  value,            ///< an expression
  loss,             ///< an expression with losses and fields
  axis,             ///< an entry of a shape
  data_set,         ///< its name
  weight,           ///< of a parametrization
  exponent,         ///< a, b, c, d
  member,           ///< behind the `.` of `owner`
  clause,           ///< what follows a declaration's head: `init`, `on`
  start,            ///< behind `init`
  source,           ///< behind the `=` of a data set
  names,            ///< the size of a dimension
  optimizer,        ///< behind `optimizer =`
  schedule,         ///< behind `lr =`
  order,            ///< behind `batch =`
  reduction,        ///< behind `reduce =`
  observation,      ///< behind `observe`
  parametrization,  ///< behind that word
};

struct Context {
  Expected expected = Expected::nothing;
  Span word;                ///< what has been typed of the word
  std::string owner = {};   ///< of a member
  std::string callee = {};  ///< of the call whose arguments these are; empty: none
};

/// The words of the language that may stand there.
std::vector<sema::WordRole> roles_at(Expected expected);

/// Precondition: offset <= text.size().
Context context_at(std::string_view text, uint32_t offset);

}  // namespace tpc::driver::server
