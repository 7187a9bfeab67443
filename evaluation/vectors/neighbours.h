/// \file Which vectors point in nearly the same direction.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/vectors/inner_products.h"

namespace tpc::evaluation {

struct Neighbour {
  std::int32_t word = 0;
  double cosine = 0.0;
};

/// For each of the words the `count` others (or as many as there are) of the largest cosine, the largest first, of
/// equal ones that of the smaller index.
std::vector<std::vector<Neighbour>> nearest(const Cosines& cosines, std::span<const std::int32_t> words,
                                            std::int64_t count);

}  // namespace tpc::evaluation
