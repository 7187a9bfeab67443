/// \file Loops on the threads of the calling arena, where the work pays for them.
#pragma once

#include <tbb/parallel_for.h>

#include "evaluation/interpreter/array.h"

namespace tpc::evaluation::interpreter {

/// Numbers touched from which on threads pay: some ten microseconds.
inline constexpr Index parallel_work = Index{1} << 16;

/// body(i) for i in [0, count). `work`: about how many numbers are touched in all. Every i is on its own, so that
/// results do not depend on the number of threads.
template <class Body>
void for_each_index(Index count, Index work, const Body& body) {
  if (work < parallel_work || count == 1) {
    for (Index i = 0; i < count; ++i) body(i);
  } else {
    tbb::parallel_for(Index{0}, count, body);
  }
}

}  // namespace tpc::evaluation::interpreter
