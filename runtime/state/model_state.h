/// \file tp_state: all replicas of a model, and calls that succeed in every replica or change none.
#pragma once

#include <tbb/task_arena.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/state/context.h"
#include "runtime/state/journal.h"
#include "runtime/state/settings.h"
#include "tpc/runtime.h"

namespace tpc::runtime {

/// Threads for the option `threads`: more than cores would only wait for each other.
int concurrency(std::size_t threads);

}  // namespace tpc::runtime

struct tp_state {
 public:
  /// Draws the initial state. Throws tpc::runtime::Failure, std::bad_alloc.
  tp_state(const tp_model_descriptor& model, const tp_options* options);
  static std::unique_ptr<tp_state> draw(const tp_model_descriptor& model, tpc::runtime::Settings settings);
  static std::unique_ptr<tp_state> load(const tp_model_descriptor& model, const std::string& path);
  void save(const std::string& path) const;

  /// Runs a function in every replica; afterwards result(replica, i) holds its values. Throws on any failure; the state
  /// is then as before.
  void call(std::uint32_t function, const double* const* fields, const std::int64_t* extents);
  /// The same, of extents and fields that have been checked.
  void call_checked(std::uint32_t function, const double* const* fields, const std::int64_t* extents);
  [[nodiscard]] const double* result(std::size_t replica, std::uint32_t index) const {
    return replicas_[replica]->results[index].data();
  }
  /// Numbers in a result for these sizes.
  [[nodiscard]] std::size_t result_size(std::uint32_t function, std::uint32_t index, const std::int64_t* extents) const;
  /// The first function of the role. Throws TP_INVALID_ARGUMENT if the model has none; `what` names it then.
  [[nodiscard]] std::uint32_t function_of(tp_function_role role, const char* what) const;
  [[nodiscard]] const tp_model_descriptor& model() const { return *model_; }
  [[nodiscard]] std::size_t replica_count() const { return replicas_.size(); }
  [[nodiscard]] std::size_t sample_count() const { return space_.count; }
  [[nodiscard]] tpc::runtime::MatrixStatistics matrix_statistics(std::uint32_t state) const;
  /// tp_state_rows. Throws TP_INVALID_ARGUMENT.
  void weighted_rows(std::uint32_t state, std::size_t replica, std::size_t first, std::size_t count, double* out) const;
  [[nodiscard]] double truncation() const;
  [[nodiscard]] double discarded() const;
  /// Held by whoever calls a function of a state that is const to its host: scratch memory is the state's.
  [[nodiscard]] std::unique_lock<std::mutex> take_turn() const { return std::unique_lock(turn_); }

 private:
  tp_state(const tp_model_descriptor& model, tpc::runtime::Settings settings);
  [[nodiscard]] bool is_saved_as_journal() const;
  void load_journal(tpc::runtime::StateReader& reader);
  void load_samples(tpc::runtime::StateReader& reader);
  void run_replica(tp_context& replica, const tp_function_descriptor& function, const double* const* fields,
                   const std::int64_t* extents);
  void finish_call(bool trains, std::vector<unsigned char>& finished) noexcept;
  void draw_initial_state();
  template <class Body>
  void for_replicas(const Body& body);

  const tp_model_descriptor* model_;
  tpc::runtime::Settings settings_;
  tpc::runtime::SampleSpace space_;
  tbb::task_arena arena_;
  std::vector<std::unique_ptr<tp_context>> replicas_;
  tpc::runtime::Journal journal_;
  mutable std::mutex turn_;
};

namespace tpc::runtime {

/// Mean and standard error (student_factor.h) of the first `size` numbers of a result over replicas; error is nan with
/// one replica. Either may be null.
void over_replicas(const tp_state& state, std::uint32_t result, std::size_t size, double* mean, double* error);

}  // namespace tpc::runtime
