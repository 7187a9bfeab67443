/// \file The picture of words: the principal coordinates of vectors with names, as in figure 1 of Yang and Hu 2020.
#pragma once

#include <string>

#include "driver/report/plot/svg.h"
#include "driver/report/vectors_report.h"

namespace tpc::driver {

/// A panel with a point and a name for each word, at one scale along both axes; thin lines join the pairs of the list,
/// whose first and second words have colours of their own. Precondition: an observation `pca`.
std::string word_map(const svg::Panel::Place& place, const VectorResult& result);

}  // namespace tpc::driver
