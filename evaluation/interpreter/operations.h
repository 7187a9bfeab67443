/// \file The instructions of a function prepared for its sizes: what to do with which numbers, without looking at the
/// dimensions again.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "evaluation/interpreter/memory.h"
#include "evaluation/interpreter/value_places.h"

namespace tpc::evaluation::interpreter {

/// Makes one value: sets where it is.
struct Operation {
  ValueId value;
  std::function<void(Memory&)> run;
};

/// What instructions are prepared for; outlives the operations.
struct Preparation {
  const Module& module;
  const Function& function;
  Index width;
  const Sizes& sizes;
  const ValuePlaces& places;
};

/// In order. Writes to states only make what is to be written.
std::vector<Operation> prepare_operations(const Preparation& preparation);

}  // namespace tpc::evaluation::interpreter
