#include "runtime/pairs/pair_evaluation.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/pairs/pair_blocks.h"
#include "runtime/state/calls.h"
#include "runtime/state/model_state.h"
#include "runtime/support/failure.h"

namespace tpc::runtime {
namespace {

/// Points a side of a block of numbers: an array over its pairs is half a megabyte, which a core's second cache holds.
/// Fewer where there are few points: every thread is to get several blocks (the size must not depend on their number).
constexpr std::size_t most_number_block = 256, least_number_block = 32, number_blocks_a_side = 8;
/// With random variables: large enough for dense algebra, halved until the working set is moderate.
constexpr std::size_t most_points = std::size_t{1} << 24;
constexpr std::size_t most_sampled_block = 256, least_sampled_block = 16;
/// Sample arrays over the points of a block that such a function holds at a time, more or less, and the bytes they may
/// take on any machine: in which order directions are met, and so every number, depends on the blocks.
constexpr double sampled_arrays = 32.0, most_sampled_bytes = 2.0 * 1024 * 1024 * 1024;

const tp_function_descriptor& function_of(const tp_model_descriptor& model, std::uint32_t number) {
  require(number < model.function_count, "the model has no function of this number");
  return model.functions[number];
}

std::size_t sampled_limit(const tp_model_descriptor& model, const Settings& settings) {
  const double value = model.precision == TP_F32 ? 4.0 : 8.0;
  const double a_point =
      sampled_arrays * value * static_cast<double>(settings.samples) * static_cast<double>(settings.replicas);
  std::size_t limit = most_sampled_block;
  while (limit > least_sampled_block && a_point * static_cast<double>(limit) > most_sampled_bytes) limit /= 2;
  return limit;
}

class PairEvaluation {
 public:
  PairEvaluation(const tp_model_descriptor& model, const tp_options* options, std::uint32_t number,
                 const tp_pairs& pairs, const PairOutputs& outputs)
      : model_(model),
        function_(function_of(model, number)),
        number_(number),
        settings_(resolve_settings(model, options, function_.sampled != 0)),
        pairs_(pairs),
        outputs_(outputs),
        extents_(model.extent_count),
        blocks_(checked_blocks()) {
    extents_[row_extent_] = extents_[column_extent_] = static_cast<std::int64_t>(blocks_.size());
  }

  void run() {
    evaluate_all();
    if (stopped_ && done_ < blocks_.pairs().size()) fail(TP_INTERRUPTED, "the evaluation of pairs was interrupted");
  }

 private:
  void evaluate_all() {
    if (function_.sampled != 0) {
      Worker worker = make_worker();
      for (const PairBlocks::Pair& pair : blocks_.pairs()) evaluate(worker, pair);
      return;
    }
    tbb::enumerable_thread_specific<Worker> workers([this] { return make_worker(); });
    tbb::task_arena arena(concurrency(settings_.threads));
    arena.execute([&] {
      tbb::parallel_for(
          std::size_t{0}, blocks_.pairs().size(), std::size_t{1},
          [&](std::size_t i) { evaluate(workers.local(), blocks_.pairs()[i]); }, tbb::simple_partitioner());
    });
  }

  /// A state and room for the points of a block that is not full.
  struct Worker {
    std::unique_ptr<tp_state> state;
    std::vector<const double*> fields;
    std::vector<std::vector<double>> padded;
    std::vector<double> mean, error;
  };
  Worker make_worker() const {
    Worker worker;
    Settings settings = settings_;
    if (function_.sampled == 0) settings.threads = 1;  // threads work on blocks of their own
    worker.state = tp_state::draw(model_, std::move(settings));
    worker.fields.resize(model_.field_count);
    worker.padded.resize(model_.field_count);
    return worker;
  }

  PairBlocks checked_blocks() {
    require(function_.trains == 0, "a function that trains is not one of pairs");
    require(pairs_.count > 0, "there are no points");
    require(pairs_.block <= most_points, "blocks of more than 2^24 points");
    find_sides();
    require_fields();
    if (pairs_.extents != nullptr) extents_.assign(pairs_.extents, pairs_.extents + model_.extent_count);
    check_side(pairs_.fields, pairs_.count);
    if (pairs_.other_count > 0) check_side(pairs_.other_fields, pairs_.other_count);
    return {pairs_.count, pairs_.other_count, limit()};
  }

  /// The two extents of all results that are wanted, or else of the first one: the points and their twin.
  void find_sides() {
    bool found = false;
    for (std::uint32_t i = 0; i < function_.result_count; ++i) {
      const tp_result_descriptor& result = function_.results[i];
      const bool pairs = result.extent_count == 2 && model_.extents[result.extents[1]].twin_of == result.extents[0] + 1;
      if (pairs && !found) row_extent_ = result.extents[0], column_extent_ = result.extents[1], found = true;
      if (is_wanted(i) && (!pairs || result.extents[0] != row_extent_)) refuse(result);
    }
    if (!found) fail(TP_INVALID_ARGUMENT, std::string(function_.name) + " is not a function of pairs of examples");
  }
  [[noreturn]] void refuse(const tp_result_descriptor& result) const {
    fail(TP_INVALID_ARGUMENT,
         std::string("the result ") + result.name + " of " + function_.name + " is not one of pairs of examples");
  }

  /// Every field the function reads, on its side: a twin is given as the field whose twin it is.
  void require_fields() const {
    for (std::uint32_t i = 0; i < function_.field_count; ++i) {
      const tp_field_descriptor& field = model_.fields[function_.fields[i]];
      const bool other = field.extent_count > 0 && field.extents[0] == column_extent_ && pairs_.other_count > 0;
      const double* const* table = other ? pairs_.other_fields : pairs_.fields;
      require(table != nullptr, "the table of fields is null");
      const std::uint32_t base = field.twin_of == 0 ? function_.fields[i] : field.twin_of - 1;
      if (table[base] != nullptr) continue;
      const char* name = model_.fields[base].name;
      fail(TP_INVALID_ARGUMENT, std::string("the field ") + (name == nullptr ? "?" : name) + " of " +
                                    (other ? "the other points" : "the points") + " is null");
    }
  }

  /// Values of one side, given for fields that are no twins.
  void check_side(const double* const* fields, std::size_t count) {
    extents_[row_extent_] = extents_[column_extent_] = static_cast<std::int64_t>(count);
    check_extents(model_, function_, extents_.data());
    check_fields(model_, function_, fields, extents_.data());
  }
  [[nodiscard]] std::size_t limit() const {
    if (pairs_.block != 0) return pairs_.block;
    if (function_.sampled != 0) return sampled_limit(model_, settings_);
    const std::size_t points = pairs_.other_count == 0 ? pairs_.count : std::min(pairs_.count, pairs_.other_count);
    return std::clamp((points + number_blocks_a_side - 1) / number_blocks_a_side, least_number_block,
                      most_number_block);
  }

  static double* entry(double* const* table, std::uint32_t result) {
    return table == nullptr ? nullptr : table[result];
  }
  [[nodiscard]] bool is_wanted(std::uint32_t result) const {
    return entry(outputs_.mean, result) != nullptr || entry(outputs_.error, result) != nullptr ||
           entry(outputs_.by_replica, result) != nullptr;
  }

  void evaluate(Worker& worker, const PairBlocks::Pair& pair) {
    if (stopped_) return;
    for (std::uint32_t i = 0; i < model_.field_count; ++i) {
      const tp_field_descriptor& field = model_.fields[i];
      const std::uint32_t extent = field.extent_count == 0 ? model_.extent_count : field.extents[0];
      const std::uint32_t base = field.twin_of == 0 ? i : field.twin_of - 1;
      if (extent != row_extent_ && extent != column_extent_) {
        worker.fields[i] = pairs_.fields[base];
        continue;
      }
      const bool other = extent == column_extent_;
      const double* const* table = other && !blocks_.symmetric() ? pairs_.other_fields : pairs_.fields;
      worker.fields[i] = points(table[base], other ? pair.column : pair.row, numbers_a_point(field), worker.padded[i]);
    }
    worker.state->call_checked(number_, worker.fields.data(), extents_.data());
    for (std::uint32_t i = 0; i < function_.result_count; ++i) {
      if (is_wanted(i)) place(worker, pair, i);
    }
    if (pairs_.progress == nullptr) return;
    const std::lock_guard lock(progress_mutex_);
    if (pairs_.progress(pairs_.progress_data, ++done_, blocks_.pairs().size()) != 0) stopped_ = true;
  }

  [[nodiscard]] std::size_t numbers_a_point(const tp_field_descriptor& field) const {
    return number_count(field.size, field.extents + 1, field.extent_count - 1, extents_.data());
  }

  /// The side's points, a whole block of them: the last one repeated in `padded` where they are fewer.
  const double* points(const double* all, const BlockSide& side, std::size_t size, std::vector<double>& padded) const {
    if (all == nullptr) return nullptr;
    const double* first = all + side.begin * size;
    if (side.count == blocks_.size()) return first;
    padded.resize(blocks_.size() * size);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      std::copy_n(first + std::min(i, side.count - 1) * size, size, padded.data() + i * size);
    }
    return padded.data();
  }

  void place(Worker& worker, const PairBlocks::Pair& pair, std::uint32_t result) const {
    const std::size_t numbers = static_cast<std::size_t>(function_.results[result].size);
    const std::size_t matrix = blocks_.rows() * blocks_.columns() * numbers;
    const std::size_t replicas = worker.state->replica_count();
    for (std::size_t r = 0; r < replicas; ++r) {
      double* out = entry(outputs_.by_replica, result);
      if (out != nullptr) blocks_.place(pair, worker.state->result(r, result), numbers, out + r * matrix);
    }
    double* mean = entry(outputs_.mean, result);
    double* error = entry(outputs_.error, result);
    if (mean == nullptr && error == nullptr) return;
    if (replicas == 1 && error == nullptr) {
      blocks_.place(pair, worker.state->result(0, result), numbers, mean);
      return;
    }
    worker.mean.resize(blocks_.size() * blocks_.size() * numbers);
    worker.error.resize(worker.mean.size());
    over_replicas(*worker.state, result, worker.mean.size(), worker.mean.data(), worker.error.data());
    if (mean != nullptr) blocks_.place(pair, worker.mean.data(), numbers, mean);
    if (error != nullptr) blocks_.place(pair, worker.error.data(), numbers, error);
  }

  const tp_model_descriptor& model_;
  const tp_function_descriptor& function_;
  std::uint32_t number_;
  Settings settings_;
  const tp_pairs& pairs_;
  PairOutputs outputs_;
  std::uint32_t row_extent_ = 0, column_extent_ = 0;
  std::vector<std::int64_t> extents_;  ///< of one block
  PairBlocks blocks_;
  std::mutex progress_mutex_;
  std::atomic<bool> stopped_ = false;
  std::size_t done_ = 0;
};

}  // namespace

void evaluate_pairs(const tp_model_descriptor& model, const tp_options* options, std::uint32_t function,
                    const tp_pairs* pairs, const PairOutputs& outputs) {
  require(pairs != nullptr, "the pairs are null");
  if (pairs->size != sizeof(tp_pairs)) fail(TP_ABI_MISMATCH, "tp_pairs.size is not that of this runtime");
  PairEvaluation(model, options, function, *pairs, outputs).run();
}

std::size_t pair_replica_count(const tp_model_descriptor& model, const tp_options* options, std::uint32_t function) {
  return choose_settings(model, options, function_of(model, function).sampled != 0).replicas;
}

}  // namespace tpc::runtime
