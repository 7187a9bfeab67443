#include "evaluation/compiled/machine_code.h"

#include <algorithm>

#include "evaluation/compiled/run_time_numbers.h"

namespace tpc::evaluation {
namespace {

using codegen::CodegenOptions;
using codegen::JitModel;

std::shared_ptr<const JitModel> compiled(const ir::limit::Module& module, const CodegenOptions& options,
                                         diag::Engine& diagnostics) {
  codegen::CompiledModel model(module, options);
  codegen::Error error = model.error();
  if (error.empty()) {
    auto code = std::make_shared<const JitModel>(std::move(model));
    error = code->error();
    codegen::release_compiler_memory();
    if (error.empty()) return code;
  }
  diagnostics.report(diag::Kind::code_generation_failed, {{"why", error}});
  return nullptr;
}

std::vector<double> initial_values(const ir::limit::Module& module) {
  std::vector<double> values;
  for (const ir::State& state : module.states) values.push_back(state.init.value);
  return values;
}

bool has_pairs(const ir::limit::Module& module) {
  return std::ranges::any_of(module.functions, [](const ir::limit::Function& function) {
    return std::ranges::any_of(function.body, [](const ir::limit::Instruction& instruction) {
      const auto* input = std::get_if<ir::Input>(&instruction.op);
      return input != nullptr && input->twin;
    });
  });
}

/// What machine code is made of: all but what states start with.
std::string key_of(ir::limit::Module module, const CodegenOptions& options) {
  for (ir::State& state : module.states) state.init.value = state.init.kind == ir::InitKind::zero ? 0.0 : 1.0;
  return std::to_string(options.precision) + " " + std::to_string(options.optimization_level) + " " + options.cpu +
         " " + options.prefix + "\n" + ir::limit::print(module);
}

}  // namespace

MachineCode::MachineCode(std::shared_ptr<const JitModel> code, const std::vector<double>& values)
    : code_(std::move(code)) {
  auto model = std::make_shared<Model>();
  model->descriptor = *code_->descriptor();
  model->states.assign(model->descriptor.states, model->descriptor.states + model->descriptor.state_count);
  for (size_t i = 0; i < values.size(); ++i) model->states[i].init_value = values[i];
  model->descriptor.states = model->states.data();
  model_ = std::move(model);
}

size_t CodeCache::compilations() const {
  const std::scoped_lock lock(mutex_);
  return code_.size();
}

std::optional<MachineCode> compile_to_memory(const ir::limit::Module& module, const CodegenOptions& options,
                                             diag::Engine& diagnostics, CodeCache* cache) {
  if (cache == nullptr) {
    auto code = compiled(module, options, diagnostics);
    return code ? std::optional(MachineCode(std::move(code), initial_values(module))) : std::nullopt;
  }
  const ir::limit::Module shared = has_pairs(module) ? module : with_run_time_numbers(module);
  const std::string key = key_of(shared, options);
  const std::scoped_lock lock(cache->mutex_);
  auto found = cache->code_.find(key);
  if (found == cache->code_.end()) {
    auto code = compiled(shared, options, diagnostics);
    if (!code) return {};
    found = cache->code_.emplace(key, std::move(code)).first;
  }
  return MachineCode(found->second, initial_values(shared));
}

}  // namespace tpc::evaluation
