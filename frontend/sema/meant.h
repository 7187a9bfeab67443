/// \file What a word that is not known was meant to be.
#pragma once

#include <string>
#include <vector>

namespace tpc::sema {

/// The candidate that is another word for `word` (`learning_rate`: `lr`), else the nearest by spelling; empty if none.
std::string meant(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace tpc::sema
