#include "driver/limit_evaluator.h"

#include <algorithm>

#include "driver/blocks.h"
#include "frontend/diag/check.h"

namespace tpc::driver {
namespace {

/// Turns a status into what the driver can act on; anything else is our bug.
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

}  // namespace

LimitEvaluator::LimitEvaluator(const tp_model_descriptor& model, const LimitSettings& settings,
                               const std::vector<InputRotation>& rotations)
    : model_(model) {
  std::vector<tp_rotation> runtime_rotations;
  for (const InputRotation& rotation : rotations) {
    tp_rotation entry{};
    entry.state = rotation.state.c_str();
    entry.rows = static_cast<size_t>(rotation.size);
    entry.matrix = rotation.matrix.data();
    entry.rank = static_cast<size_t>(rotation.rank);
    runtime_rotations.push_back(entry);
  }
  tp_options options{};
  options.size = sizeof options;
  tp_default_options(&options);
  options.method = settings.method;
  options.samples = static_cast<size_t>(settings.samples);
  options.replicas = static_cast<size_t>(settings.replicas);
  options.seed = settings.seed;
  options.tolerance = settings.tolerance;
  options.threads = static_cast<size_t>(settings.threads);
  options.rotations = runtime_rotations.data();
  options.rotation_count = runtime_rotations.size();
  tp_state* state = nullptr;
  check_status(tp_create(&model, &options, &state));
  state_.reset(state);
}

ReplicaValues LimitEvaluator::step(const Batch& batch) { return call(function_index("step"), batch); }

ReplicaValues LimitEvaluator::evaluate(const std::string& function, const LoadedSet& set) {
  const uint32_t index = function_index(function);
  // Only results with one row an example can be computed in blocks: not Gram matrices, not a mean loss.
  const bool by_example = model_.functions[index].results[0].batch_power == 1;
  return evaluate_in_blocks(set, by_example ? block_size() : set.count,
                            [&](const Batch& batch) { return call(index, batch); });
}

int64_t LimitEvaluator::samples() const { return static_cast<int64_t>(tp_sample_count(state_.get())); }
int64_t LimitEvaluator::replicas() const { return static_cast<int64_t>(tp_replica_count(state_.get())); }

std::vector<MatrixRank> LimitEvaluator::ranks() const {
  std::vector<MatrixRank> result;
  for (uint32_t i = 0; i < model_.state_count; ++i) {
    if (model_.states[i].kind != TP_STATE_MATRIX) continue;
    MatrixRank rank{model_.states[i].name};
    check_status(tp_matrix_rank(state_.get(), i, &rank.rank, &rank.rank_transposed, &rank.updates, &rank.renewed));
    result.push_back(rank);
  }
  return result;
}

ReplicaValues LimitEvaluator::call(uint32_t function, const Batch& batch) {
  std::vector<const double*> fields(model_.field_count, nullptr);
  for (uint32_t i = 0; i < model_.field_count; ++i) {
    const auto found = batch.fields.find(model_.fields[i].name);
    if (found != batch.fields.end()) fields[i] = found->second.data();
  }
  const tp_result_descriptor& result = model_.functions[function].results[0];
  const auto count = static_cast<size_t>(batch.count);
  size_t numbers = result.size;
  for (uint32_t power = 0; power < result.batch_power; ++power) numbers *= count;
  ReplicaValues values{tp_replica_count(state_.get()), numbers, {}};
  values.values.resize(values.replicas * numbers);
  check_status(tp_call(state_.get(), function, 0, fields.data(), count, nullptr, nullptr, values.values.data()));
  return values;
}

uint32_t LimitEvaluator::function_index(const std::string& name) const {
  for (uint32_t i = 0; i < model_.function_count; ++i) {
    if (model_.functions[i].name == name) return i;
  }
  TPC_CHECK(false, "the compiled model has no function " + name);
}

/// A call holds a few dozen arrays of [block, samples]: about 2^20 numbers each.
int64_t LimitEvaluator::block_size() const { return std::max<int64_t>(16, (int64_t{1} << 20) / samples()); }

}  // namespace tpc::driver
