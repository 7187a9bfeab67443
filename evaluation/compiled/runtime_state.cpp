#include "evaluation/compiled/runtime_state.h"

#include "base/diag/check.h"
#include "codegen/codegen.h"

namespace tpc::evaluation {

RuntimeOptions::RuntimeOptions(const LimitSettings& settings, const std::vector<InputRotation>& rotations) {
  for (const InputRotation& rotation : rotations) {
    tp_rotation entry{};
    entry.state = rotation.state.c_str();
    entry.rows = static_cast<size_t>(rotation.size);
    entry.matrix = rotation.matrix.data();
    entry.rank = static_cast<size_t>(rotation.rank);
    rotations_.push_back(entry);
  }
  options_.size = sizeof options_;
  tp_default_options(&options_);
  options_.method = settings.method;
  options_.samples = static_cast<size_t>(settings.samples);
  options_.replicas = static_cast<size_t>(settings.replicas);
  options_.seed = settings.seed;
  options_.tolerance = settings.tolerance;
  options_.threads = static_cast<size_t>(settings.threads);
  options_.rotations = rotations_.data();
  options_.rotation_count = rotations_.size();
}

RuntimeState::RuntimeState(const tp_model_descriptor& model, const LimitSettings& settings,
                           const std::vector<InputRotation>& rotations)
    : model_(model) {
  const RuntimeOptions options(settings, rotations);
  tp_state* state = nullptr;
  check_status(tp_create(&model, options.get(), &state));
  state_.reset(state);
}

ReplicaValues RuntimeState::call(uint32_t function, const Batch& batch) {
  const std::vector<const double*> fields = field_table(model_, batch);
  const tp_function_descriptor& descriptor = model_.functions[function];
  const auto count = static_cast<size_t>(batch.count);
  size_t numbers = descriptor.result_count == 0 ? 0 : descriptor.results[0].size;
  for (uint32_t power = 0; numbers > 0 && power < descriptor.results[0].batch_power; ++power) numbers *= count;
  ReplicaValues values{tp_replica_count(state_.get()), numbers, {}};
  values.values.resize(values.replicas * numbers);
  check_status(tp_call(state_.get(), function, 0, fields.data(), count, nullptr, nullptr,
                       numbers == 0 ? nullptr : values.values.data()));
  return values;
}

uint32_t function_index(const tp_model_descriptor& model, const ir::FunctionKey& function) {
  const uint32_t role = codegen::runtime_role(function.role);
  for (uint32_t i = 0; i < model.function_count; ++i) {
    const tp_function_descriptor& candidate = model.functions[i];
    if (candidate.role != role || candidate.index != function.index) continue;
    if (role != TP_FUNCTION_OTHER || candidate.name == function.text) return i;
  }
  TPC_CHECK(false, "the compiled model has no function " + ir::spelling(function));
}

int64_t RuntimeState::samples() const { return static_cast<int64_t>(tp_sample_count(state_.get())); }
int64_t RuntimeState::replicas() const { return static_cast<int64_t>(tp_replica_count(state_.get())); }

std::vector<MatrixRank> RuntimeState::ranks() const {
  std::vector<MatrixRank> result;
  for (uint32_t i = 0; i < model_.state_count; ++i) {
    // Momentum has the terms of its weight and no directions of its own.
    if (model_.states[i].kind != TP_STATE_MATRIX || model_.states[i].shares_updates != 0) continue;
    MatrixRank rank{model_.states[i].name};
    check_status(tp_matrix_rank(state_.get(), i, &rank.rank, &rank.rank_transposed, &rank.updates, &rank.renewed));
    result.push_back(rank);
  }
  return result;
}

std::vector<const double*> field_table(const tp_model_descriptor& model, const Batch& batch) {
  std::vector<const double*> fields(model.field_count, nullptr);
  for (uint32_t i = 0; i < model.field_count; ++i) {
    const auto found = batch.fields.find(model.fields[i].name);
    if (found != batch.fields.end()) fields[i] = found->second.data();
  }
  return fields;
}

void check_status(int32_t status) {
  if (status == TP_OK) return;
  const std::string message = tp_last_error();
  switch (status) {
    case TP_OUT_OF_MEMORY: throw EvaluationFailure{EvaluationFailure::Kind::memory, message};
    case TP_CAPACITY: throw EvaluationFailure{EvaluationFailure::Kind::capacity, message};
    case TP_NOT_FINITE: throw EvaluationFailure{EvaluationFailure::Kind::diverged, message};
    default: break;
  }
  TPC_CHECK(false, "the runtime refused a call: " + message);
}

}  // namespace tpc::evaluation
