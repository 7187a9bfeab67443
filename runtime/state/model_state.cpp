#include "runtime/state/model_state.h"

#include <tbb/info.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "runtime/algebra/student_factor.h"
#include "runtime/state/replica.h"
#include "runtime/state/state_file.h"
#include "runtime/support/failure.h"
#include "runtime/support/finite.h"

using tpc::runtime::fail;
using tpc::runtime::Failure;
using tpc::runtime::require;
using tpc::runtime::Settings;

namespace {

constexpr std::uint64_t file_magic = 0x4554415453435054u;  // the bytes "TPCSTATE"
constexpr std::uint32_t file_version = 5;
constexpr std::int64_t most_extent = std::int64_t{1} << 24;
constexpr std::size_t most_result = std::size_t{1} << 31;

template <class Visit>
void visit_settings(Settings& settings, const Visit& visit) {
  visit(settings.samples), visit(settings.replicas), visit(settings.first_replica), visit(settings.seed);
  visit(settings.tolerance), visit(settings.threads), visit(settings.base_dimensions);
}

/// A header can be damaged in ways that only the checksum at the end would show: nothing is allocated by it blindly.
void check_loaded_settings(const Settings& settings, const tpc::runtime::StateReader& reader) {
  using namespace tpc::runtime;
  const bool plausible = settings.samples >= 64 && settings.samples <= most_samples && settings.samples % 64 == 0 &&
                         settings.replicas >= 1 && settings.replicas <= most_replicas &&
                         settings.first_replica <= most_replicas && settings.threads <= most_threads &&
                         std::isfinite(settings.tolerance) && settings.tolerance < 1.0 &&
                         settings.base_dimensions <= std::size_t{1} << 40;
  if (!plausible) reader.refuse("its settings make no sense");
}

void load_weights(Settings& settings, tpc::runtime::StateReader& reader) {
  if (settings.method != TP_METHOD_QUADRATURE) return;
  reader.require_left(static_cast<double>(settings.samples) * sizeof(double));
  settings.weights.resize(settings.samples);
  reader.bytes(settings.weights.data(), settings.samples * sizeof(double));
  const bool possible = std::ranges::all_of(settings.weights, [](double w) { return w >= 0.0 && w <= 1.0; });
  if (!possible) reader.refuse("its settings make no sense");
}

}  // namespace

namespace tpc::runtime {

int concurrency(std::size_t threads) {
  const int cores = tbb::info::default_concurrency();
  return threads == 0 ? cores : std::min(cores, static_cast<int>(threads));
}

void check_extents(const tp_model_descriptor& model, const tp_function_descriptor& function,
                   const std::int64_t* extents) {
  require(extents != nullptr || function.extent_count == 0, "the table of extents is null");
  for (std::uint32_t i = 0; i < function.extent_count; ++i) {
    const std::uint32_t extent = function.extents[i];
    if (extents[extent] >= 1 && extents[extent] <= most_extent) continue;
    fail(TP_INVALID_ARGUMENT, std::string("the size of ") + model.extents[extent].name + " must be 1 to 2^24, not " +
                                  std::to_string(extents[extent]));
  }
}

std::size_t number_count(std::uint64_t size, const std::uint32_t* indices, std::uint32_t count,
                         const std::int64_t* extents) {
  double numbers = static_cast<double>(size);
  for (std::uint32_t i = 0; i < count; ++i) numbers *= static_cast<double>(extents[indices[i]]);
  require(numbers <= static_cast<double>(std::size_t{1} << 48), "an array of impossible size");
  return static_cast<std::size_t>(numbers);
}

void check_fields(const tp_model_descriptor& model, const tp_function_descriptor& function, const double* const* fields,
                  const std::int64_t* extents) {
  require(fields != nullptr || model.field_count == 0, "the table of fields is null");
  const std::uint32_t* const used_end = function.extents + function.extent_count;
  for (std::uint32_t f = 0; f < model.field_count; ++f) {
    const tp_field_descriptor& field = model.fields[f];
    const bool known = std::all_of(field.extents, field.extents + field.extent_count, [&](std::uint32_t extent) {
      return std::find(function.extents, used_end, extent) != used_end;
    });
    if (fields[f] == nullptr || !known) continue;
    const std::size_t numbers = number_count(field.size, field.extents, field.extent_count, extents);
    if (all_finite(fields[f], numbers)) continue;
    for (std::size_t i = 0; i < numbers; ++i) {
      if (std::isfinite(fields[f][i])) continue;
      const std::size_t examples = field.extent_count == 0 ? 1 : static_cast<std::size_t>(extents[field.extents[0]]);
      fail(TP_INVALID_ARGUMENT, std::string("field ") + (field.name == nullptr ? "?" : field.name) + ", example " +
                                    std::to_string(i / (numbers / examples) + 1) + ": not a finite number");
    }
  }
}

void require_fields(const tp_model_descriptor& model, const tp_function_descriptor& function,
                    const double* const* fields) {
  require(fields != nullptr || function.field_count == 0, "the table of fields is null");
  for (std::uint32_t i = 0; i < function.field_count; ++i) {
    const std::uint32_t field = function.fields[i];
    if (fields[field] != nullptr) continue;
    const char* name = model.fields[field].name;
    fail(TP_INVALID_ARGUMENT,
         std::string("the field ") + (name == nullptr ? "?" : name) + ", which " + function.name + " reads, is null");
  }
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
  settings_.rotations.clear();
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

void tp_state::save(const std::string& path) const {
  tpc::runtime::StateWriter writer(path);
  writer.value(file_magic);
  writer.value(file_version);
  writer.value(model_->precision);
  writer.value(model_->fingerprint);
  writer.value(static_cast<std::uint32_t>(settings_.method));
  writer.value(model_->state_count);
  Settings settings = settings_;
  visit_settings(settings, [&](auto& value) { writer.value(value); });
  writer.bytes(settings.weights.data(), settings.weights.size() * sizeof(double));
  for (const auto& replica : replicas_) replica->save(writer);
  writer.finish();
}

std::unique_ptr<tp_state> tp_state::load(const tp_model_descriptor& model, const std::string& path) {
  tpc::runtime::StateReader reader(path);
  if (reader.value<std::uint64_t>() != file_magic) reader.refuse("it does not begin like one");
  const std::uint32_t version = reader.value<std::uint32_t>();
  if (version != file_version) reader.refuse("it has file version " + std::to_string(version));
  const std::uint32_t precision = reader.value<std::uint32_t>();
  const std::uint64_t fingerprint = reader.value<std::uint64_t>();
  Settings settings;
  const std::uint32_t method = reader.value<std::uint32_t>();
  if (method > TP_METHOD_EXACT) reader.refuse("its settings make no sense");
  settings.method = static_cast<tp_method>(method);
  const std::uint32_t states = reader.value<std::uint32_t>();
  if (precision != model.precision || fingerprint != model.fingerprint || states != model.state_count) {
    fail(TP_FILE, path + " is the state of another model (or of another precision)");
  }
  visit_settings(settings, [&](auto& value) { value = reader.value<std::remove_reference_t<decltype(value)>>(); });
  check_loaded_settings(settings, reader);
  load_weights(settings, reader);
  reader.require_left(tpc::runtime::state_bytes(model, settings));
  std::unique_ptr<tp_state> state(new tp_state(model, std::move(settings)));
  for (const auto& replica : state->replicas_) replica->load(reader);
  reader.finish();
  return state;
}
