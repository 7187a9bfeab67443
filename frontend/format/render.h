/// \file Words with their spaces to text: indentation, and comments in their column.
#pragma once

#include <string>

#include "frontend/format/words.h"

namespace tpc::format {

/// Spaces between neighbours on a line: none or one.
void space_words(Text& text);

/// The whole text. `line_end`: "\n" or "\r\n".
std::string render(const Text& text, std::string_view line_end);

}  // namespace tpc::format
