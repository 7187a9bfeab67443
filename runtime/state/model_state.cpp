#include "runtime/state/model_state.h"

#include <tbb/info.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/algebra/student_factor.h"
#include "runtime/state/calls.h"
#include "runtime/state/replica.h"
#include "runtime/support/failure.h"

using tpc::runtime::fail;
using tpc::runtime::Failure;
using tpc::runtime::require;
using tpc::runtime::Settings;

namespace {

constexpr std::size_t most_result = std::size_t{1} << 31;

}  // namespace

namespace tpc::runtime {

int concurrency(std::size_t threads) {
  const int cores = tbb::info::default_concurrency();
  return threads == 0 ? cores : std::min(cores, static_cast<int>(threads));
}

void over_replicas(const tp_state& state, std::uint32_t result, std::size_t size, double* mean, double* error) {
  const double count = static_cast<double>(state.replica_count());
  const double factor = tpc::runtime::student_factor(state.replica_count());  // nan with one replica
  for (std::size_t i = 0; i < size; ++i) {
    double sum = 0.0;
    for (std::size_t r = 0; r < state.replica_count(); ++r) sum += state.result(r, result)[i];
    const double average = sum / count;
    if (mean != nullptr) mean[i] = average;
    if (error == nullptr) continue;
    double squares = 0.0;
    for (std::size_t r = 0; r < state.replica_count(); ++r) {
      squares += (state.result(r, result)[i] - average) * (state.result(r, result)[i] - average);
    }
    error[i] = factor * std::sqrt(squares / (count - 1.0) / count);
  }
}

}  // namespace tpc::runtime

tp_state::tp_state(const tp_model_descriptor& model, Settings settings)
    : model_(&model),
      settings_(std::move(settings)),
      space_(settings_.sample_space()),
      arena_(tpc::runtime::concurrency(settings_.threads)) {
  const auto first = static_cast<std::uint32_t>(settings_.first_replica);
  for (std::uint32_t number = 0; number < settings_.replicas; ++number) {
    if (model.precision == TP_F32) {
      replicas_.push_back(std::make_unique<tpc::runtime::Replica<float>>(model, space_, settings_, first + number));
    } else {
      replicas_.push_back(std::make_unique<tpc::runtime::Replica<double>>(model, space_, settings_, first + number));
    }
  }
}

tp_state::tp_state(const tp_model_descriptor& model, const tp_options* options)
    : tp_state(model, tpc::runtime::resolve_settings(model, options, tpc::runtime::is_sampled(model))) {
  draw_initial_state();
}

std::unique_ptr<tp_state> tp_state::draw(const tp_model_descriptor& model, Settings settings) {
  std::unique_ptr<tp_state> state(new tp_state(model, std::move(settings)));
  state->draw_initial_state();
  return state;
}

void tp_state::draw_initial_state() {
  for_replicas([&](tp_context& replica) { replica.draw_initial_state(settings_.rotations, settings_.seed); });
  if (settings_.nodes) journal_.end();
  settings_.nodes.reset();
}

/// The body runs on the state's threads; replicas are independent of each other.
template <class Body>
void tp_state::for_replicas(const Body& body) {
  arena_.execute([&] {
    tbb::parallel_for(
        std::size_t{0}, replicas_.size(), std::size_t{1}, [&](std::size_t i) { body(*replicas_[i]); },
        tbb::simple_partitioner());
  });
}

std::size_t tp_state::result_size(std::uint32_t function, std::uint32_t index, const std::int64_t* extents) const {
  const tp_result_descriptor& result = model_->functions[function].results[index];
  const std::size_t size = tpc::runtime::number_count(result.size, result.extents, result.extent_count, extents);
  require(size <= most_result, "the results of this batch are too large; use a smaller batch");
  return size;
}

std::uint32_t tp_state::function_of(tp_function_role role, const char* what) const {
  for (std::uint32_t i = 0; i < model_->function_count; ++i) {
    if (model_->functions[i].role == role) return i;
  }
  fail(TP_INVALID_ARGUMENT, std::string("the model has no function ") + what);
}

void tp_state::run_replica(tp_context& replica, const tp_function_descriptor& function, const double* const* fields,
                           const std::int64_t* extents) {
  const std::uint32_t number = static_cast<std::uint32_t>(&function - model_->functions);
  if (replica.results.size() < function.result_count) replica.results.resize(function.result_count);
  std::vector<double*> results;
  for (std::uint32_t i = 0; i < function.result_count; ++i) {
    results.push_back(replica.results[i].reserve(std::max<std::size_t>(1, result_size(number, i, extents))));
  }
  replica.begin(function.trains != 0);
  const std::int32_t status = function.code(&replica, fields, extents, results.data());
  if (status != TP_OK) {
    const bool known = status > TP_OK && status <= TP_INTERNAL;
    fail(known ? static_cast<tp_status>(status) : TP_INTERNAL,
         replica.error.empty() ? std::string("the compiled function ") + function.name + " failed" : replica.error);
  }
  for (std::uint32_t i = 0; i < function.result_count; ++i) {
    const std::size_t size = result_size(number, i, extents);
    // x - x is 0 for finite x only; summed without a branch, which the compiler can do by vectors.
    const unsigned wrong = std::accumulate(results[i], results[i] + size, 0u,
                                           [](unsigned count, double x) { return count | (x - x == 0.0 ? 0u : 1u); });
    if (wrong != 0) {
      fail(TP_NOT_FINITE, std::string("the result ") + function.results[i].name + " of " + function.name +
                              " became infinite or undefined");
    }
  }
}

void tp_state::call(std::uint32_t function_number, const double* const* fields, const std::int64_t* extents) {
  require(function_number < model_->function_count, "the model has no function of this number");
  const tp_function_descriptor& function = model_->functions[function_number];
  tpc::runtime::check_extents(*model_, function, extents);
  tpc::runtime::require_fields(*model_, function, fields);
  tpc::runtime::check_fields(*model_, function, fields, extents);
  call_checked(function_number, fields, extents);
}

void tp_state::call_checked(std::uint32_t function_number, const double* const* fields, const std::int64_t* extents) {
  const tp_function_descriptor& function = model_->functions[function_number];
  std::vector<std::optional<Failure>> failures(replicas_.size());
  const auto guarded = [&](tp_context& replica, const auto& body) {
    std::size_t index = 0;
    while (replicas_[index].get() != &replica) ++index;
    try {
      body();
    } catch (const Failure& failure) {
      failures[index] = failure;
    } catch (const std::bad_alloc&) {
      failures[index] = Failure{TP_OUT_OF_MEMORY, "out of memory"};
    } catch (const std::exception& error) {
      failures[index] = Failure{TP_INTERNAL, error.what()};
    }
  };
  std::vector<unsigned char> committed(replicas_.size());
  try {
    for_replicas(
        [&](tp_context& replica) { guarded(replica, [&] { run_replica(replica, function, fields, extents); }); });
  } catch (const std::bad_alloc&) {  // the scheduler's: some replicas have not run
    failures.front() = Failure{TP_OUT_OF_MEMORY, "out of memory"};
  }
  // The first replica's failure is reported, whichever thread met one first.
  for (const auto& failure : failures) {
    if (!failure) continue;
    for (const auto& replica : replicas_) replica->roll_back();
    throw *failure;
  }
  finish_call(function.trains != 0, committed);
  if (function.trains != 0) journal_.add(*model_, function_number, fields, extents);
}

/// From here on nothing fails, or replicas would differ: what the scheduler has no memory for is done by this thread.
void tp_state::finish_call(bool trains, std::vector<unsigned char>& finished) noexcept {
  const auto finish = [&](std::size_t i) {
    trains ? replicas_[i]->commit() : replicas_[i]->roll_back();
    finished[i] = 1;
  };
  try {
    arena_.execute([&] {
      tbb::parallel_for(std::size_t{0}, replicas_.size(), std::size_t{1}, finish, tbb::simple_partitioner());
    });
  } catch (const std::bad_alloc&) {
    for (std::size_t i = 0; i < replicas_.size(); ++i) {
      if (finished[i] == 0) finish(i);
    }
  }
}

tpc::runtime::MatrixStatistics tp_state::matrix_statistics(std::uint32_t state) const {
  tpc::runtime::MatrixStatistics most;
  for (const auto& replica : replicas_) {
    const tpc::runtime::MatrixStatistics one = replica->matrix_statistics(state);
    most.rank = std::max(most.rank, one.rank);
    most.rank_transposed = std::max(most.rank_transposed, one.rank_transposed);
    most.updates = std::max(most.updates, one.updates);
    most.unstored = std::max(most.unstored, one.unstored);
  }
  return most;
}

void tp_state::weighted_rows(std::uint32_t state, std::size_t replica, std::size_t first, std::size_t count,
                             double* out) const {
  tpc::runtime::require(replica < replicas_.size(), "there is no such replica");
  replicas_[replica]->weighted_rows(state, first, count, out);
}

double tp_state::truncation() const {
  double largest = 0.0;
  for (const auto& replica : replicas_) largest = std::max(largest, replica->truncation());
  return largest;
}

double tp_state::discarded() const {
  double largest = 0.0;
  for (const auto& replica : replicas_) largest = std::max(largest, replica->discarded());
  return largest;
}
