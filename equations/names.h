/// \file How a user's names and plain words are read before they are typeset: what LaTeX and MathML show alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tpc::equations::math {

/// A piece of a name with what is attached to it: z1 is the letter z with the index 1, `W^T` the letter W with T above.
struct NamePart {
  enum class Kind {
    letter,     ///< one Latin or Greek letter
    word,       ///< more than one
    digits,     ///< a number
    literal,    ///< an index as it was written: l-1
    bracket,    ///< ( or )
    space,      ///< between the factors of a product
    transpose,  ///< T of W^T
    group,      ///< `inside`, which has an index of its own already: z1[l]
  };
  Kind kind = Kind::letter;
  std::string text = {};
  std::vector<NamePart> inside = {};
  std::vector<NamePart> index = {};
  std::vector<NamePart> superscript = {};
};

/// "W^T d(h1)", "σ₂", "C^{U x}", "W[l-1]^T".
std::vector<NamePart> name_parts(const std::string& name);

/// A piece of plain language.
struct Phrase {
  enum class Kind {
    words,  ///< with their blanks
    name,   ///< was between backquotes
    power,  ///< of a name: W^T, n^(-1/2)
    arrow,
  };
  Kind kind = Kind::words;
  std::string text;           ///< words, name; of a power its base
  std::string exponent = {};  ///< as it was written
  bool grouped = false;       ///< the exponent stood in parentheses
};
std::vector<Phrase> phrases(const std::string& text);

/// Subscript digits of names, σ₂, as digits: they become an index.
std::string plain_digits(std::string text);

/// Greek letters a user may use in names: the text and MathML keep them, LaTeX needs the command.
struct Greek {
  std::string_view utf8, command;
};
const std::vector<Greek>& greek_letters();

}  // namespace tpc::equations::math
