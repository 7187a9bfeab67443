/// \file Passes over textual or in-memory modules by name (passes.def), for the pipeline and for tpc-opt.
#pragma once

#include <iosfwd>
#include <string>
#include <variant>
#include <vector>

#include "ir/core/optimizer.h"
#include "ir/limit/ir.h"
#include "ir/tp/ir.h"

namespace tpc::passes {

using AnyModule = std::variant<ir::tp::Module, ir::limit::Module>;

struct PassOptions {
  bool verify_each = false;              ///< run the verifier after every pass; names the pass that broke the IR
  bool time_passes = false;              ///< print the time of every pass to `log`
  std::vector<std::string> print_after;  ///< names of passes after which the module is printed to `log`
  std::ostream* log = nullptr;
  ir::OptimizerSettings optimizer;  ///< for `sgd`
};

/// Why a list of passes could not be run; empty: it was.
using PassError = std::string;

struct PassContext {
  const PassOptions& options;
  std::ostream& output;  ///< of printer passes
};

struct NamedPass {
  std::string name;         ///< as typed; print-* is one that prints and leaves the module alone
  std::string description;  ///< in one line
  PassError (*run)(AnyModule& module, const PassContext& context);
};

/// The passes of passes.def, in its order.
const std::vector<NamedPass>& named_passes();

/// Runs the named ones of the passes `known` in order. Printer passes (print-width, ...) write to `output`.
PassError run_passes(AnyModule& module, const std::vector<std::string>& names, const PassOptions& options,
                     std::ostream& output, const std::vector<NamedPass>& known = named_passes());

}  // namespace tpc::passes
