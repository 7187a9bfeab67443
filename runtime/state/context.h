/// \file tp_context: one replica at work, as compiled code sees it. Its sample values are double or float, hence the
/// virtual functions; replica.h implements them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/algebra/sample_space.h"
#include "runtime/points/normal_rule.h"
#include "runtime/support/aligned_buffer.h"
#include "tpc/runtime.h"

namespace tpc::runtime {
class StateReader;
class StateWriter;
struct PairPhase;
struct Rotation;

struct MatrixStatistics {
  std::size_t rank = 0, rank_transposed = 0, updates = 0, unstored = 0;
};
}  // namespace tpc::runtime

struct tp_context {
  virtual ~tp_context() = default;

  /// Base variables take the sample points' first dimensions: states that meet the input, then the other Gaussian ones.
  virtual void draw_initial_state(const std::vector<tpc::runtime::Rotation>& rotations, std::uint64_t seed) = 0;

  // For compiled code; each may throw (abi/generated_interface.cpp turns that into a status).
  virtual void* samples(std::uint32_t slot, std::int64_t rows) = 0;
  virtual const void* state_samples(std::uint32_t state) = 0;
  virtual const void* weights() = 0;
  virtual const void* unit() = 0;
  virtual const void* zero() = 0;
  virtual void contract(void* out, std::size_t out_rows, const double* coefficients, std::int64_t row_stride,
                        std::int64_t column_stride, const void* in, std::size_t in_rows) = 0;
  virtual void expect(double* out, const void* lhs, std::size_t lhs_rows, const void* rhs, std::size_t rhs_rows) = 0;
  virtual void condition(std::uint32_t matrix, bool transposed, std::uint32_t size_class, const void* in,
                         std::size_t rows, void* out) = 0;
  virtual void accumulated(std::uint32_t matrix, bool transposed, const void* in, std::size_t rows, void* out) = 0;
  virtual void append(std::uint32_t matrix, double coefficient, const void* left, const void* right,
                      std::size_t rows) = 0;
  virtual void combine(std::uint32_t matrix, std::uint32_t source, double coefficient) = 0;
  virtual void write_samples(std::uint32_t state, const void* value) = 0;
  virtual void pairs(const tpc::runtime::PairPhase& phase) = 0;
  virtual void apply_pair(std::uint32_t pair, bool transposed, const void* in, std::size_t rows, void* out) = 0;

  double* scalars(std::uint32_t slot, std::int64_t count);
  const double* state_scalars(std::uint32_t state);
  void write_scalars(std::uint32_t state, const double* value);
  void normal_rule(std::size_t count, bool weights, double* out);
  void for_samples(tp_kernel kernel, const void* arguments, double* partials, std::size_t count,
                   std::size_t least_block);
  void when_successful(tp_kernel kernel, const void* arguments, std::size_t count);
  void add_numbers(std::uint32_t state, const double* places, const double* values, std::size_t count);
  [[nodiscard]] std::int64_t sample_count() const { return static_cast<std::int64_t>(space_->count); }

  // A call of one function: begin, the code, then either commit, which cannot fail, or roll_back.
  void begin(bool trains) {
    trains_ = trains;
    error.clear();
  }
  virtual void commit() noexcept = 0;
  virtual void roll_back() = 0;

  [[nodiscard]] virtual tpc::runtime::MatrixStatistics matrix_statistics(std::uint32_t state) const = 0;
  /// tp_state_rows of this replica.
  virtual void weighted_rows(std::uint32_t state, std::size_t first, std::size_t count, double* out) const = 0;
  /// tp_truncation of this replica.
  [[nodiscard]] virtual double truncation() const = 0;
  /// tp_discarded of this replica.
  [[nodiscard]] virtual double discarded() const = 0;
  virtual void save(tpc::runtime::StateWriter& writer) const = 0;
  virtual void load(tpc::runtime::StateReader& reader) = 0;

  std::string error;                                         ///< why the last tp_rt_ function failed
  std::vector<tpc::runtime::AlignedBuffer<double>> results;  ///< of the current function

 protected:
  struct ScalarState {
    std::vector<double> value, next;
    bool written = false;
  };
  tp_context(const tp_model_descriptor& model, const tpc::runtime::SampleSpace& space)
      : model_(&model), space_(&space), scalar_states_(model.state_count) {}
  const tp_state_descriptor& require_state(std::uint32_t state, std::uint32_t kind) const;
  void require_training() const;
  void commit_scalars();
  void forget_scalars();
  /// What the function left to be done in place once it has succeeded.
  void make_changes() noexcept;
  void forget_changes() noexcept;

  const tp_model_descriptor* model_;
  const tpc::runtime::SampleSpace* space_;
  bool trains_ = false;
  std::vector<ScalarState> scalar_states_;

 private:
  struct SampleChange {
    tp_kernel kernel = nullptr;
    std::vector<std::uint64_t> arguments;
    std::vector<unsigned char> block_done;
  };
  struct NumberChange {
    std::uint32_t state = 0;
    std::size_t place = 0;
    double value = 0.0;
  };
  void make_change(SampleChange& change) noexcept;

  std::vector<SampleChange> sample_changes_;  ///< the first `sample_change_count_`: of this call
  std::size_t sample_change_count_ = 0;
  std::vector<NumberChange> number_changes_;
  std::vector<tpc::runtime::AlignedBuffer<double>> scalar_slots_;
  tpc::runtime::AlignedBuffer<double> partials_;
  std::map<std::size_t, tpc::runtime::QuadratureRule> rules_;  ///< by their number of nodes
};
