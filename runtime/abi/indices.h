/// \file Indices that pick rows of tables, as numbers: -1 stands for an absent one.
#pragma once

#include <cstddef>
#include <vector>

namespace tpc::runtime {

struct IndexList {
  const double* indices = nullptr;
  std::size_t count = 0;
};

/// Throws TP_INVALID_ARGUMENT unless all are whole numbers in [-1, size).
void check_indices(const IndexList& list, std::size_t size);
/// out[i] = 1 where index i is present and stands neither before in its own list nor in an earlier one, else 0.
void mark_first_occurrences(const IndexList& list, const std::vector<IndexList>& earlier, double* out);

}  // namespace tpc::runtime
