/// \file What the words of the language are for, as editors show it (words.def).
#pragma once

#include <string_view>
#include <vector>

namespace tpc::sema {

/// Where a word stands.
enum class WordRole {
  declaration,      ///< at the beginning of one
  statement,        ///< at the beginning of one, in a def
  clause,           ///< within a declaration
  function,         ///< in an expression
  loss,             ///< in the loss
  optimizer,        ///< after `optimizer =`
  schedule,         ///< as the learning rate of an optimizer
  start,            ///< after `init`
  source,           ///< after the fields of a data set
  names,            ///< as the size of a dimension
  setting,          ///< in `train { }`
  order,            ///< after `batch =`
  observation,      ///< after `observe`
  parametrization,  ///< after that word
};

struct Word {
  WordRole role;
  std::string_view word, usage, text;
};

const std::vector<Word>& words();

}  // namespace tpc::sema
