/// \file What stands in columns over several lines: starts of parameters, sources of data, numbers of inline data.
#pragma once

#include "frontend/format/words.h"

namespace tpc::format {

/// Spaces before `init` and `lr` of parameters on consecutive lines, and before the `:` of data sets with sources.
void align_declarations(Text& text);

/// Spaces between the numbers of inline data: points below each other, and wider gaps where a field, or a row of a
/// field with several dimensions, ends. `declarations`: what was read of the text.
void align_rows(Text& text, const std::vector<const ast::Declaration*>& declarations);

}  // namespace tpc::format
