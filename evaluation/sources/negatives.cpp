#include "evaluation/sources/negatives.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/diag/check.h"

namespace tpc::evaluation {

NegativeSampler::NegativeSampler(std::span<const std::int64_t> counts, double power, std::uint64_t seed)
    : entries_(counts.size()), seed_(seed) {
  TPC_CHECK(!counts.empty(), "nothing to draw from");
  std::vector<double> share(counts.size());
  // Of the largest count, so that no power is too large a number.
  const auto largest = static_cast<double>(std::ranges::max(counts));
  std::ranges::transform(counts, share.begin(), [&](std::int64_t count) {
    return count == 0 ? 0.0 : std::pow(static_cast<double>(count) / largest, power);
  });
  const double total = std::accumulate(share.begin(), share.end(), 0.0);
  TPC_CHECK(total > 0.0 && std::isfinite(total), "nothing to draw from");
  std::vector<std::size_t> small, large;
  for (std::size_t i = 0; i < share.size(); ++i) {
    share[i] *= static_cast<double>(share.size()) / total;
    (share[i] < 1.0 ? small : large).push_back(i);
    entries_[i] = {UINT64_MAX, static_cast<std::int32_t>(i)};
  }
  // Each small entry is filled up by a large one; what remains when one kind runs out is 1 up to rounding.
  while (!small.empty() && !large.empty()) {
    const std::size_t low = small.back(), high = large.back();
    small.pop_back();
    entries_[low] = {static_cast<std::uint64_t>(share[low] * 0x1p64), static_cast<std::int32_t>(high)};
    share[high] -= 1.0 - share[low];
    if (share[high] >= 1.0) continue;
    large.pop_back();
    small.push_back(high);
  }
}

void NegativeSampler::draw(std::uint64_t place, std::int64_t epoch, std::int32_t word, std::int64_t wanted,
                           std::vector<std::int32_t>& out) const {
  Draws draws(seed_, DrawPurpose::negative, place, static_cast<std::uint64_t>(epoch));
  for (std::int64_t i = 0; i < wanted; ++i) {
    const std::int32_t drawn = index(draws.next());
    if (drawn != word) out.push_back(drawn);
  }
}

}  // namespace tpc::evaluation
