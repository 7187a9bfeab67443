// Section 1 of tpc/runtime.h: what hosts call.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

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

struct CallData {
  const double* const* fields;
  const std::int64_t* extents;
};

/// Result 0 of a function that changes nothing, in blocks of examples if it computes each on its own.
void evaluate(const tp_state& state, std::uint32_t number, const CallData& data, double* values, double* error) {
  const tp_model_descriptor& model = state.model();
  const tp_function_descriptor& function = model.functions[number];
  require(values != nullptr, "the place for the values is null");
  require(function.trains == 0 && function.result_count > 0, "a function of this model trains, or returns nothing");
  tp_state& scratch = mutable_scratch(&state);
  const auto turn = state.take_turn();
  tpc::runtime::require_fields(model, function, data.fields);
  require(data.extents != nullptr || model.extent_count == 0, "the table of extents is null");
  if (function.example_extent == 0) {
    scratch.call(number, data.fields, data.extents);
    return over_replicas(state, 0, state.result_size(number, 0, data.extents), values, error);
  }
  const std::int64_t examples = data.extents[function.example_extent - 1];
  require(examples >= 0 && examples <= most_examples, "the number of examples is not 0 to 2^31");
  for (ExampleBlocks block(model, function.example_extent - 1, data.fields, data.extents); block.next();) {
    scratch.call(number, block.fields(), block.extents());
    const std::size_t numbers = state.result_size(number, 0, block.extents());
    over_replicas(state, 0, numbers, values, error);
    values += numbers;
    if (error != nullptr) error += numbers;
  }
}

std::uint32_t observation(const tp_model_descriptor& model, std::uint32_t index) {
  for (std::uint32_t i = 0; i < model.function_count; ++i) {
    if (model.functions[i].role == TP_FUNCTION_OBSERVE && model.functions[i].index == index) return i;
  }
  tpc::runtime::fail(TP_INVALID_ARGUMENT, "the model has no observation of number " + std::to_string(index));
}

std::uint32_t observation_titled(const tp_model_descriptor& model, const char* title) {
  std::string titles;
  for (std::uint32_t i = 0; i < model.function_count; ++i) {
    const tp_function_descriptor& function = model.functions[i];
    if (function.role != TP_FUNCTION_OBSERVE || function.title == nullptr) continue;
    if (std::strcmp(function.title, title) == 0) return function.index;
    titles += std::string(titles.empty() ? "; it has " : ", ") + function.title;
  }
  tpc::runtime::fail(TP_INVALID_ARGUMENT, std::string("the model has no observation ") + title + titles);
}

/// That of the first replica: all have the same.
double learning_rate(const tp_state& state) {
  const tp_model_descriptor& model = state.model();
  const std::vector<const double*> fields(model.field_count);
  const std::vector<std::int64_t> extents(model.extent_count);
  const std::uint32_t number = state.function_of(TP_FUNCTION_RATE, "rate");
  require(model.functions[number].trains == 0 && model.functions[number].result_count == 1,
          "the model's function rate does not give one number");
  const auto turn = state.take_turn();
  mutable_scratch(&state).call(number, fields.data(), extents.data());
  return *state.result(0, 0);
}

/// The function's only field is the rate; that the scale which makes it so is a number is checked as of any result.
void set_learning_rate(tp_state& state, double rate) {
  const tp_model_descriptor& model = state.model();
  const std::uint32_t number = state.function_of(TP_FUNCTION_SET_RATE, "set_rate");
  require(model.functions[number].field_count == 1, "the model's function set_rate does not take one number");
  std::vector<const double*> fields(model.field_count);
  fields[model.functions[number].fields[0]] = &rate;
  const std::vector<std::int64_t> extents(model.extent_count);
  try {
    state.call(number, fields.data(), extents.data());
  } catch (const tpc::runtime::Failure& failure) {
    if (failure.status != TP_NOT_FINITE) throw;
    tpc::runtime::fail(TP_INVALID_ARGUMENT,
                       "the program's schedule has come to a learning rate of 0, which goes on as 0");
  }
}

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
    require(state != nullptr, "the state is null");
    evaluate(*state, state->function_of(TP_FUNCTION_PREDICT, "predict"), {fields, extents}, f, error);
  });
}

int32_t tp_observe(const tp_state* state, uint32_t index, const double* const* fields, const int64_t* extents,
                   double* value, double* error) {
  return host_call([&] {
    require(state != nullptr, "the state is null");
    evaluate(*state, observation(state->model(), index), {fields, extents}, value, error);
  });
}

int32_t tp_find_observation(const tp_model_descriptor* model, const char* title, uint32_t* index) {
  return host_call([&] {
    require(title != nullptr && index != nullptr, "the title or the place for the number is null");
    tpc::runtime::check_model(model);
    *index = observation_titled(*model, title);
  });
}

int32_t tp_learning_rate(const tp_state* state, double* rate) {
  return host_call([&] {
    require(state != nullptr && rate != nullptr, "the state or the place for the learning rate is null");
    *rate = learning_rate(*state);
  });
}

int32_t tp_set_learning_rate(tp_state* state, double rate) {
  return host_call([&] {
    require(state != nullptr, "the state is null");
    require(std::isfinite(rate) && rate >= 0.0, "the learning rate is not a number from 0 on");
    set_learning_rate(*state, rate);
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
