/// \file Limit IR to machine code in this process, with failures as diagnostics; and code that several programs share.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/diag/diagnostic.h"
#include "codegen/codegen.h"

namespace tpc::evaluation {

/// A compiled model: code, and the numbers it starts with. The descriptor lives as long as the object and its copies'.
class MachineCode {
 public:
  /// initial_values: of the states, in their order.
  MachineCode(std::shared_ptr<const codegen::JitModel> code, const std::vector<double>& initial_values);

  [[nodiscard]] const tp_model_descriptor* descriptor() const { return &model_->descriptor; }

 private:
  struct Model {
    tp_model_descriptor descriptor;
    std::vector<tp_state_descriptor> states;
  };
  std::shared_ptr<const codegen::JitModel> code_;
  std::shared_ptr<const Model> model_;
};

/// Code of the modules that were compiled with it, by what they have in common: modules that differ in numbers alone (a
/// learning rate, a penalty, the size of a start) are compiled once. Any number of threads may use it.
class CodeCache {
 public:
  /// How often the compiler was at work.
  [[nodiscard]] size_t compilations() const;

 private:
  friend std::optional<MachineCode> compile_to_memory(const ir::limit::Module&, const codegen::CodegenOptions&,
                                                      diag::Engine&, CodeCache*);
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const codegen::JitModel>> code_;
};

/// Empty after an error, which is in `diagnostics`. What follows runs for long and has large states: the memory the
/// compiler took is given back. With a cache the module's numbers are read at run time (run_time_numbers.h), and code
/// that is there is taken; results are the same.
std::optional<MachineCode> compile_to_memory(const ir::limit::Module& module, const codegen::CodegenOptions& options,
                                             diag::Engine& diagnostics, CodeCache* cache = nullptr);

}  // namespace tpc::evaluation
