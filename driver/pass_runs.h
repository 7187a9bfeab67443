/// \file Passes on a module of the pipeline, whose failure is a bug of the compiler.
#pragma once

#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "base/diag/check.h"
#include "passes/pass_manager.h"

namespace tpc::driver {

template <class Module>
Module run_pipeline(Module module, const std::vector<std::string>& names, const ir::OptimizerSettings& optimizer) {
  passes::PassOptions options;
  options.optimizer = optimizer;
  passes::AnyModule any = std::move(module);
  const passes::PassError error = passes::run_passes(any, names, options, std::cerr);
  TPC_CHECK(error.empty(), error);
  return std::get<Module>(std::move(any));
}

template <class Module>
void check_ir(const Module& module, const std::string& after) {
  const std::vector<std::string> faults = verify(module);
  TPC_CHECK(faults.empty(), "invalid IR after " + after + ": " + faults.front());
}

}  // namespace tpc::driver
