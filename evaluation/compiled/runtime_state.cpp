#include "evaluation/compiled/runtime_state.h"

#include <algorithm>
#include <set>
#include <span>

#include "base/diag/check.h"
#include "codegen/codegen.h"

namespace tpc::evaluation {
namespace {

size_t number_count(uint64_t size, std::span<const uint32_t> of, const std::vector<int64_t>& extents) {
  size_t numbers = size;
  for (uint32_t extent : of) numbers *= static_cast<size_t>(extents[extent]);
  return numbers;
}

}  // namespace

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
  options_.first_replica = static_cast<size_t>(settings.first_replica);
  if (settings.method != TP_METHOD_QUADRATURE || settings.rule != NodeRule::trapezoidal) return;
  node_set_ = runtime::normal_nodes(options_.samples, static_cast<size_t>(settings.dimensions));
  nodes_ = {node_set_.dimensions, node_set_.count, node_set_.values.data(), node_set_.weights.data()};
  options_.nodes = &nodes_;
}

RuntimeState::RuntimeState(const tp_model_descriptor& model, const LimitSettings& settings,
                           const std::vector<InputRotation>& rotations)
    : model_(model) {
  const RuntimeOptions options(settings, rotations);
  tp_state* state = nullptr;
  check_status(tp_create(&model, options.get(), &state));
  state_.reset(state);
}

ReplicaValues RuntimeState::call(uint32_t function, const Batch& batch, uint32_t result) {
  const tp_function_descriptor& descriptor = model_.functions[function];
  const std::vector<int64_t> extents = extent_table(model_, descriptor, batch);
  const std::vector<const double*> fields = field_table(model_, descriptor, extents, batch);
  size_t numbers = 0;
  if (descriptor.result_count > result) {
    const tp_result_descriptor& wanted = descriptor.results[result];
    numbers = number_count(wanted.size, {wanted.extents, wanted.extent_count}, extents);
  }
  ReplicaValues values{tp_replica_count(state_.get()), numbers, {}};
  values.values.resize(values.replicas * numbers);
  check_status(tp_call(state_.get(), function, result, fields.data(), extents.data(), nullptr, nullptr,
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

std::optional<uint32_t> RuntimeState::random_state(const std::string& name) const {
  for (uint32_t i = 0; i < model_.state_count; ++i) {
    if (model_.states[i].kind == TP_STATE_RANDOM && model_.states[i].name == name) return i;
  }
  return std::nullopt;
}

int64_t RuntimeState::samples() const { return static_cast<int64_t>(tp_sample_count(state_.get())); }
int64_t RuntimeState::replicas() const { return static_cast<int64_t>(tp_replica_count(state_.get())); }

std::vector<MatrixRank> RuntimeState::ranks() const {
  std::vector<MatrixRank> result;
  for (uint32_t i = 0; i < model_.state_count; ++i) {
    // Momentum has the terms of its weight and no directions of its own.
    if (model_.states[i].kind != TP_STATE_MATRIX || model_.states[i].shares_updates != 0) continue;
    MatrixRank rank{model_.states[i].name};
    check_status(tp_matrix_rank(state_.get(), i, &rank.rank, &rank.rank_transposed, &rank.updates, &rank.unstored));
    result.push_back(rank);
  }
  return result;
}

std::vector<int64_t> extent_table(const tp_model_descriptor& model, const tp_function_descriptor& function,
                                  const Batch& batch) {
  const std::set<uint32_t> used(function.extents, function.extents + function.extent_count);
  const auto untwinned = [&](uint32_t extent) {
    const uint32_t twin_of = model.extents[extent].twin_of;
    return twin_of == 0 ? extent : twin_of - 1;
  };
  std::set<uint32_t> besides_twins;
  for (uint32_t extent : used) besides_twins.insert(untwinned(extent));
  const auto named = [&](uint32_t extent) { return batch.extents.find(model.extents[extent].name); };
  std::vector<int64_t> table;
  for (uint32_t extent = 0; extent < model.extent_count; ++extent) {
    auto size = named(extent);
    if (size == batch.extents.end()) size = named(untwinned(extent));
    const bool is_named = size != batch.extents.end();
    TPC_CHECK(is_named || !used.contains(extent) || besides_twins.size() == 1,
              std::string("the batch does not say the size of ") + model.extents[extent].name);
    table.push_back(is_named ? size->second : batch.count);
  }
  return table;
}

std::vector<const double*> field_table(const tp_model_descriptor& model, const tp_function_descriptor& function,
                                       const std::vector<int64_t>& extents, const Batch& batch) {
  const std::set<uint32_t> used(function.extents, function.extents + function.extent_count);
  std::vector<const double*> fields(model.field_count, nullptr);
  for (uint32_t i = 0; i < model.field_count; ++i) {
    const tp_field_descriptor& field = model.fields[i];
    const auto found = batch.fields.find(field.name);
    if (found == batch.fields.end()) continue;
    fields[i] = found->second.data();
    const std::span<const uint32_t> own(field.extents, field.extent_count);
    const bool known = std::ranges::all_of(own, [&](uint32_t extent) { return used.contains(extent); });
    const size_t expected = known ? number_count(field.size, own, extents) : found->second.size();
    TPC_CHECK(found->second.size() == expected, std::string("the field ") + field.name + " has " +
                                                    std::to_string(found->second.size()) + " values instead of " +
                                                    std::to_string(expected));
  }
  return fields;
}

void check_status(int32_t status) {
  if (status == TP_OK) return;
  const std::string message = tp_last_error();
  switch (status) {
    case TP_OUT_OF_MEMORY: throw EvaluationFailure{EvaluationFailure::Kind::memory, message};
    case TP_CAPACITY: throw EvaluationFailure{EvaluationFailure::Kind::capacity, message};
    case TP_NOT_FINITE: throw EvaluationFailure{EvaluationFailure::Kind::not_finite, message};
    case TP_INTERRUPTED: throw EvaluationFailure{EvaluationFailure::Kind::interrupted, message};
    default: break;
  }
  TPC_CHECK(false, "the runtime refused a call: " + message);
}

}  // namespace tpc::evaluation
