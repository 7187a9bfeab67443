/// \file One replica: the states of a model under one set of sample points, and the transaction around every call.
#pragma once

#include <memory>
#include <optional>

#include "runtime/matrix/conditioned_matrix.h"
#include "runtime/matrix/fresh_directions.h"
#include "runtime/matrix/pair_states.h"
#include "runtime/matrix/update_store.h"
#include "runtime/state/context.h"
#include "runtime/state/settings.h"

namespace tpc::runtime {

template <class Real>
class Replica final : public tp_context {
 public:
  /// Empty states; draw_initial_state() or load() fills them. model, space outlive the replica.
  Replica(const tp_model_descriptor& model, const SampleSpace& space, const Settings& settings, std::uint32_t number);
  void draw_initial_state(const std::vector<Rotation>& rotations, std::uint64_t seed) override;

  void* samples(std::uint32_t slot, std::int64_t rows) override;
  const void* state_samples(std::uint32_t state) override;
  const void* weights() override { return weights_.data(); }
  const void* unit() override { return unit_.data(); }
  const void* zero() override { return zero_.data(); }
  void contract(void* out, std::size_t out_rows, const double* coefficients, std::int64_t row_stride,
                std::int64_t column_stride, const void* in, std::size_t in_rows) override;
  void expect(double* out, const void* lhs, std::size_t lhs_rows, const void* rhs, std::size_t rhs_rows) override;
  void condition(std::uint32_t matrix, bool transposed, std::uint32_t size_class, const void* in, std::size_t rows,
                 void* out) override;
  void accumulated(std::uint32_t matrix, bool transposed, const void* in, std::size_t rows, void* out) override;
  void append(std::uint32_t matrix, double coefficient, const void* left, const void* right, std::size_t rows) override;
  void combine(std::uint32_t matrix, std::uint32_t source, double coefficient) override;
  void write_samples(std::uint32_t state, const void* value) override;
  void pairs(const PairPhase& phase) override;
  void apply_pair(std::uint32_t pair, bool transposed, const void* in, std::size_t rows, void* out) override;

  void commit() noexcept override;
  void roll_back() override;
  [[nodiscard]] MatrixStatistics matrix_statistics(std::uint32_t state) const override;
  void weighted_rows(std::uint32_t state, std::size_t first, std::size_t count, double* out) const override;
  [[nodiscard]] double truncation() const override;
  [[nodiscard]] double discarded() const override;
  void save(StateWriter& writer) const override;
  void load(StateReader& reader) override;

 private:
  struct SampleState {
    AlignedBuffer<Real> value, next;
    bool written = false;
  };
  struct MatrixState {
    MatrixState(const SampleSpace& space, double sigma, double tolerance, const PointOptions& points,
                std::uint32_t number)
        : initial(space, sigma, tolerance, points, number) {}
    ConditionedMatrix<Real> initial;
    std::shared_ptr<UpdateStore<Real>> updates;  ///< of all matrices that share them
    std::size_t member = 0;                      ///< which of these
    typename ConditionedMatrix<Real>::Size committed;
  };

  void draw_gaussian_rows(const Rotation& rotation, std::size_t rows, double deviation, Real* out);
  void draw_noise(std::uint32_t s, double deviation);
  /// Rows of the value at the first `points`, and 0 at the others.
  void fill_constant(double value, std::size_t points, std::size_t rows, Real* out) const;
  bool take_slot(const void* value, std::size_t rows, SampleState& target);
  void require_finite(const Real* values, std::size_t rows, const char* name) const;
  MatrixState& matrix(std::uint32_t state);
  void add_matrix(std::uint32_t state, const Settings& settings);
  void save_updates(const UpdateStore<Real>& updates, StateWriter& writer) const;
  void load_updates(UpdateStore<Real>& updates, StateReader& reader) const;
  void save_matrix(const MatrixState& state, StateWriter& writer) const;
  void load_matrix(MatrixState& state, StateReader& reader) const;

  SamplePoints points_;
  FreshDirections fresh_;
  std::uint64_t committed_position_ = 0;
  SampleAlgebra<Real> algebra_;
  ConditioningWorkspace<Real> workspace_;
  std::vector<SampleState> sample_states_;
  std::vector<std::optional<MatrixState>> matrices_;
  std::vector<std::shared_ptr<UpdateStore<Real>>> update_stores_;
  PairStates pair_states_;
  struct Slot {
    AlignedBuffer<Real> values;
    std::size_t rows = 0;  ///< asked for last
  };
  std::vector<Slot> slots_;
  std::vector<Real> weights_, unit_, zero_;
};

extern template class Replica<double>;
extern template class Replica<float>;

}  // namespace tpc::runtime
