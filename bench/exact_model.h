/// \file A program compiled by the compiler's own road to machine code for exact evaluation, as `tpc run` does.
#pragma once

#include <stdexcept>
#include <string>

#include "codegen/codegen.h"
#include "driver/compile.h"
#include "passes/limit/derive_limit.h"

namespace tpc::bench {

/// `file`: an affine program. Throws std::runtime_error.
inline codegen::JitModel exact_model(const std::string& file, tp_precision precision) {
  driver::Options options;
  options.file = file;
  const auto compilation = driver::compile(options, driver::Stage::limit);
  if (!compilation || !passes::is_affine(*compilation->limit)) throw std::runtime_error("cannot compile " + file);
  ir::limit::Module module = *compilation->limit;
  passes::homogenize(module);
  codegen::CodegenOptions code;
  code.precision = precision;
  codegen::JitModel model(codegen::CompiledModel(module, code));
  if (!model.error().empty()) throw std::runtime_error(model.error());
  return model;
}

/// A state of the model with `coordinates` of the exact method.
inline tp_state* exact_state(const tp_model_descriptor* model, std::size_t coordinates, std::size_t threads) {
  tp_options options;
  tp_default_options(&options);
  options.method = TP_METHOD_EXACT;
  options.samples = coordinates;
  options.replicas = 1;
  options.threads = threads;
  tp_state* state = nullptr;
  if (tp_create(model, &options, &state) != TP_OK) throw std::runtime_error(tp_last_error());
  return state;
}

}  // namespace tpc::bench
