// Section 1 of tpc/runtime.h: what hosts call.
#include <cstring>

#include "runtime/abi/status_guard.h"
#include "runtime/pairs/pair_evaluation.h"
#include "runtime/state/calls.h"
#include "runtime/state/model_state.h"
#include "runtime/state/settings.h"

namespace {

using tpc::runtime::over_replicas;
using tpc::runtime::require;

constexpr std::int64_t prediction_block = 64;
constexpr std::int64_t most_examples = std::int64_t{1} << 31;

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

bool is_one_number(const tp_result_descriptor& result) { return result.size == 1 && result.extent_count == 0; }

/// Predictions change nothing that a host can see; the scratch memory is the state's.
tp_state& mutable_scratch(const tp_state* state) { return *const_cast<tp_state*>(state); }

/// The data of a call cut into blocks along one extent, which stands first in the fields that have it.
class ExampleBlocks {
 public:
  ExampleBlocks(const tp_model_descriptor& model, std::uint32_t extent, const double* const* fields,
                const std::int64_t* extents)
      : model_(model),
        extent_(extent),
        count_(extents[extent]),
        fields_(fields, fields + model.field_count),
        extents_(extents, extents + model.extent_count) {
    extents_[extent_] = 0;
  }
  /// Goes on to the next block; false: there is none.
  bool next() {
    for (std::uint32_t i = 0; i < model_.field_count; ++i) {
      const tp_field_descriptor& field = model_.fields[i];
      const bool is_cut = field.extent_count > 0 && field.extents[0] == extent_;
      if (fields_[i] == nullptr || !is_cut) continue;
      fields_[i] += tpc::runtime::number_count(field.size, field.extents, field.extent_count, extents_.data());
    }
    count_ -= extents_[extent_];
    extents_[extent_] = std::min(prediction_block, count_);
    return count_ > 0;
  }
  [[nodiscard]] const double* const* fields() const { return fields_.data(); }
  [[nodiscard]] const std::int64_t* extents() const { return extents_.data(); }

 private:
  const tp_model_descriptor& model_;
  std::uint32_t extent_;
  std::int64_t count_;  ///< examples from this block on
  std::vector<const double*> fields_;
  std::vector<std::int64_t> extents_;
};

}  // namespace

extern "C" {

const char* tp_last_error(void) { return last_error().c_str(); }

uint32_t tp_abi_version(void) { return TP_ABI_VERSION; }

void tp_default_options(tp_options* options) {
  if (options == nullptr) return;
  *options = tp_options{};
  options->size = sizeof(tp_options);
  options->seed = 1;
  options->tolerance = -1.0;
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

int32_t tp_step(tp_state* state, const double* const* fields, const int64_t* extents, double* loss) {
  return host_call([&] {
    require(state != nullptr, "the state is null");
    const std::uint32_t step = state->function_of(TP_FUNCTION_STEP, "step");
    const std::uint32_t result = loss == nullptr ? 0 : loss_result(state->model().functions[step]);
    require(loss == nullptr || is_one_number(state->model().functions[step].results[result]),
            "the loss of this model is not one number");
    state->call(step, fields, extents);
    if (loss != nullptr) over_replicas(*state, result, 1, loss, nullptr);
  });
}

int32_t tp_call(tp_state* state, uint32_t function, uint32_t result, const double* const* fields,
                const int64_t* extents, double* mean, double* error, double* by_replica) {
  return host_call([&] {
    require(state != nullptr, "the state is null");
    require(function < state->model().function_count, "the model has no function of this number");
    require(result < state->model().functions[function].result_count ||
                (mean == nullptr && error == nullptr && by_replica == nullptr),
            "the function has no result of this number");
    state->call(function, fields, extents);
    if (result >= state->model().functions[function].result_count) return;
    const std::size_t size = state->result_size(function, result, extents);
    over_replicas(*state, result, size, mean, error);
    for (std::size_t r = 0; r < state->replica_count() && by_replica != nullptr; ++r) {
      std::copy_n(state->result(r, result), size, by_replica + r * size);
    }
  });
}

int32_t tp_predict(const tp_state* state, const double* const* fields, const int64_t* extents, double* f,
                   double* error) {
  return host_call([&] {
    require(state != nullptr && f != nullptr, "the state or the place for the predictions is null");
    tp_state& scratch = mutable_scratch(state);
    const auto turn = state->take_turn();
    const tp_model_descriptor& model = state->model();
    const std::uint32_t predict = state->function_of(TP_FUNCTION_PREDICT, "predict");
    const tp_function_descriptor& function = model.functions[predict];
    require(function.trains == 0 && function.result_count > 0, "the model's function predict returns no outputs");
    tpc::runtime::require_fields(model, function, fields);
    require(extents != nullptr || model.extent_count == 0, "the table of extents is null");
    if (function.example_extent == 0) {
      scratch.call(predict, fields, extents);
      return over_replicas(*state, 0, state->result_size(predict, 0, extents), f, error);
    }
    const std::int64_t examples = extents[function.example_extent - 1];
    require(examples >= 0 && examples <= most_examples, "the number of examples is not 0 to 2^31");
    for (ExampleBlocks block(model, function.example_extent - 1, fields, extents); block.next();) {
      scratch.call(predict, block.fields(), block.extents());
      const std::size_t numbers = state->result_size(predict, 0, block.extents());
      over_replicas(*state, 0, numbers, f, error);
      f += numbers;
      if (error != nullptr) error += numbers;
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

double tp_truncation(const tp_state* state) { return state == nullptr ? 0.0 : state->truncation(); }

double tp_discarded(const tp_state* state) { return state == nullptr ? 0.0 : state->discarded(); }

int32_t tp_matrix_rank(const tp_state* state, uint32_t state_index, size_t* rank, size_t* rank_transposed,
                       size_t* updates, size_t* unstored) {
  return host_call([&] {
    require(state != nullptr, "the state is null");
    const auto turn = state->take_turn();
    const tpc::runtime::MatrixStatistics statistics = state->matrix_statistics(state_index);
    if (rank != nullptr) *rank = statistics.rank;
    if (rank_transposed != nullptr) *rank_transposed = statistics.rank_transposed;
    if (updates != nullptr) *updates = statistics.updates;
    if (unstored != nullptr) *unstored = statistics.unstored;
  });
}

int32_t tp_state_rows(const tp_state* state, uint32_t state_index, size_t replica, size_t first_row, size_t rows,
                      double* out) {
  return host_call([&] {
    require(state != nullptr && out != nullptr, "the state or the output is null");
    const auto turn = state->take_turn();
    state->weighted_rows(state_index, replica, first_row, rows, out);
  });
}

int32_t tp_save(const tp_state* state, const char* path) {
  return host_call([&] {
    require(state != nullptr && path != nullptr, "the state or the path is null");
    const auto turn = state->take_turn();
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
