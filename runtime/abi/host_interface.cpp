// Section 1 of tpc/runtime.h: what hosts call.
#include <cmath>
#include <cstring>
#include <limits>

#include "runtime/abi/status_guard.h"
#include "runtime/pairs/pair_evaluation.h"
#include "runtime/state/model_state.h"
#include "runtime/state/settings.h"

namespace {

using tpc::runtime::over_replicas;
using tpc::runtime::require;

constexpr std::size_t prediction_block = 64;

std::string& last_error() {
  thread_local std::string message;
  return message;
}

template <class Body>
std::int32_t host_call(const Body& body) {
  last_error().clear();
  return tpc::runtime::guarded(body, [](const char* message) { last_error() = message; });
}

std::uint32_t loss_result(const tp_function_descriptor& function) {
  for (std::uint32_t i = 0; i < function.result_count; ++i) {
    if (function.results[i].name != nullptr && std::strcmp(function.results[i].name, "loss") == 0) return i;
  }
  require(function.result_count > 0, "the step of this model returns no loss");
  return 0;
}

/// Predictions change nothing that a host can see; the scratch memory is the state's.
tp_state& mutable_scratch(const tp_state* state) { return *const_cast<tp_state*>(state); }

}  // namespace

extern "C" {

const char* tp_last_error(void) { return last_error().c_str(); }

uint32_t tp_abi_version(void) { return TP_ABI_VERSION; }

void tp_default_options(tp_options* options) {
  if (options == nullptr) return;
  *options = tp_options{};
  options->size = sizeof(tp_options);
  options->seed = 1;
  options->tolerance = 1e-9;
  options->method = TP_METHOD_QMC;
}

int32_t tp_create(const tp_model_descriptor* model, const tp_options* options, tp_state** state) {
  return host_call([&] {
    require(state != nullptr, "the place for the new state is null");
    *state = nullptr;
    tpc::runtime::check_model(model);
    *state = new tp_state(*model, options);
  });
}

void tp_destroy(tp_state* state) { delete state; }

int32_t tp_step(tp_state* state, const double* const* fields, size_t batch, double* loss) {
  return host_call([&] {
    require(state != nullptr, "the state is null");
    const std::uint32_t step = state->function_of(TP_FUNCTION_STEP, "step");
    const std::uint32_t result = loss == nullptr ? 0 : loss_result(state->model().functions[step]);
    require(loss == nullptr || state->result_size(step, result, batch) == 1,
            "the loss of this model is not one number");
    state->call(step, fields, batch);
    if (loss != nullptr) over_replicas(*state, result, 1, loss, nullptr);
  });
}

int32_t tp_call(tp_state* state, uint32_t function, uint32_t result, const double* const* fields, size_t batch,
                double* mean, double* error, double* by_replica) {
  return host_call([&] {
    require(state != nullptr, "the state is null");
    require(function < state->model().function_count, "the model has no function of this number");
    require(result < state->model().functions[function].result_count ||
                (mean == nullptr && error == nullptr && by_replica == nullptr),
            "the function has no result of this number");
    state->call(function, fields, batch);
    if (result >= state->model().functions[function].result_count) return;
    const std::size_t size = state->result_size(function, result, batch);
    over_replicas(*state, result, size, mean, error);
    for (std::size_t r = 0; r < state->replica_count() && by_replica != nullptr; ++r) {
      std::copy_n(state->result(r, result), size, by_replica + r * size);
    }
  });
}

int32_t tp_predict(const tp_state* state, const double* const* fields, size_t count, double* f, double* error) {
  return host_call([&] {
    require(state != nullptr && f != nullptr, "the state or the place for the predictions is null");
    tp_state& scratch = mutable_scratch(state);
    const tp_model_descriptor& model = state->model();
    const std::uint32_t predict = state->function_of(TP_FUNCTION_PREDICT, "predict");
    const tp_function_descriptor& function = model.functions[predict];
    require(function.trains == 0 && function.result_count > 0 && function.results[0].batch_power == 1,
            "the model's function predict does not return one row an example");
    require(fields != nullptr || model.field_count == 0, "the table of fields is null");
    const std::size_t outputs = static_cast<std::size_t>(function.results[0].size);
    std::vector<const double*> block_fields(model.field_count);
    for (std::size_t first = 0; first < count; first += prediction_block) {
      const std::size_t batch = std::min(prediction_block, count - first);
      for (std::uint32_t i = 0; i < model.field_count; ++i) {
        block_fields[i] = fields[i] == nullptr ? nullptr : fields[i] + first * model.fields[i].size;
      }
      scratch.call(predict, block_fields.data(), batch);
      over_replicas(*state, 0, batch * outputs, f + first * outputs,
                    error == nullptr ? nullptr : error + first * outputs);
    }
  });
}

int32_t tp_evaluate_pairs(const tp_model_descriptor* model, const tp_options* options, uint32_t function,
                          const tp_pairs* pairs, double* const* mean, double* const* error, double* const* by_replica) {
  return host_call([&] {
    tpc::runtime::check_model(model);
    tpc::runtime::evaluate_pairs(*model, options, function, pairs, {mean, error, by_replica});
  });
}

size_t tp_pairs_replica_count(const tp_model_descriptor* model, const tp_options* options, uint32_t function) {
  size_t count = 0;
  host_call([&] {
    tpc::runtime::check_model(model);
    count = tpc::runtime::pair_replica_count(*model, options, function);
  });
  return count;
}

size_t tp_replica_count(const tp_state* state) { return state == nullptr ? 0 : state->replica_count(); }

size_t tp_sample_count(const tp_state* state) { return state == nullptr ? 0 : state->sample_count(); }

int32_t tp_matrix_rank(const tp_state* state, uint32_t state_index, size_t* rank, size_t* rank_transposed,
                       size_t* updates, size_t* renewed) {
  return host_call([&] {
    require(state != nullptr, "the state is null");
    const tpc::runtime::MatrixStatistics statistics = state->matrix_statistics(state_index);
    if (rank != nullptr) *rank = statistics.rank;
    if (rank_transposed != nullptr) *rank_transposed = statistics.rank_transposed;
    if (updates != nullptr) *updates = statistics.updates;
    if (renewed != nullptr) *renewed = statistics.renewed;
  });
}

int32_t tp_save(const tp_state* state, const char* path) {
  return host_call([&] {
    require(state != nullptr && path != nullptr, "the state or the path is null");
    state->save(path);
  });
}

int32_t tp_load(const tp_model_descriptor* model, const char* path, tp_state** state) {
  return host_call([&] {
    require(state != nullptr, "the place for the new state is null");
    *state = nullptr;
    require(path != nullptr, "the path is null");
    tpc::runtime::check_model(model);
    *state = tp_state::load(*model, path).release();
  });
}

}  // extern "C"
