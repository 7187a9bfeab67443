#include "evaluation/vectors/neighbours.h"

#include <algorithm>

namespace tpc::evaluation {

std::vector<std::vector<Neighbour>> nearest(const Cosines& cosines, std::span<const std::int32_t> words,
                                            std::int64_t count) {
  const auto size = static_cast<std::size_t>(cosines.size());
  std::vector<double> row(size);
  std::vector<std::vector<Neighbour>> result;
  for (const std::int32_t& word : words) {
    cosines.block({&word, 1}, 0, cosines.size(), row.data());
    std::vector<Neighbour> others;
    for (std::size_t j = 0; j < size; ++j) {
      const auto other = static_cast<std::int32_t>(j);
      if (other != word) others.push_back({other, row[j]});
    }
    const auto kept = std::clamp<std::int64_t>(count, 0, static_cast<std::int64_t>(others.size()));
    std::partial_sort(others.begin(), others.begin() + kept, others.end(), [](const Neighbour& a, const Neighbour& b) {
      return a.cosine != b.cosine ? a.cosine > b.cosine : a.word < b.word;
    });
    others.resize(static_cast<std::size_t>(kept));
    result.push_back(std::move(others));
  }
  return result;
}

}  // namespace tpc::evaluation
