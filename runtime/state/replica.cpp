#include "runtime/state/replica.h"

#include <atomic>
#include <cmath>

#include "runtime/algebra/gemm.h"
#include "runtime/points/normal_quantile.h"
#include "runtime/points/philox_stream.h"
#include "runtime/support/failure.h"
#include "runtime/support/finite.h"

namespace tpc::runtime {
namespace {

PointOptions point_options(const Settings& settings, std::uint32_t number) {
  return {settings.method, settings.samples, settings.seed, number, settings.nodes};
}

}  // namespace

template <class Real>
Replica<Real>::Replica(const tp_model_descriptor& model, const SampleSpace& space, const Settings& settings,
                       std::uint32_t number)
    : tp_context(model, space),
      points_(point_options(settings, number)),
      fresh_(points_),
      algebra_(space),
      sample_states_(model.state_count),
      matrices_(model.state_count),
      pair_states_(space),
      weights_(space.count, static_cast<Real>(space.uniform_weight)),
      unit_(space.count, Real{1}),
      zero_(space.count, Real{0}) {
  if (!space.weights.empty()) std::copy(space.weights.begin(), space.weights.end(), weights_.begin());
  if (settings.method == TP_METHOD_EXACT) std::fill(unit_.begin() + 1, unit_.end(), Real{0});
  for (std::uint32_t s = 0; s < model.state_count; ++s) {
    const tp_state_descriptor& state = model.states[s];
    const std::size_t rows = static_cast<std::size_t>(state.rows);
    switch (state.kind) {
      case TP_STATE_SCALAR:
        scalar_states_[s].value.resize(rows);
        scalar_states_[s].next.resize(rows);
        break;
      case TP_STATE_RANDOM: sample_states_[s].value.reserve(rows * space.count); break;
      case TP_STATE_PAIR: pair_states_.add(s); break;
      default: add_matrix(s, settings); break;
    }
  }
}

template <class Real>
void Replica<Real>::add_matrix(std::uint32_t s, const Settings& settings) {
  const tp_state_descriptor& state = model_->states[s];
  MatrixState& added = matrices_[s].emplace(*space_, state.init_kind == TP_INIT_GAUSSIAN ? state.init_value : 0.0,
                                            settings.tolerance, points_.options(), s);
  if (state.shares_updates == 0) {
    const Compression compression =
        settings.method == TP_METHOD_EXACT ? Compression{} : Compression::of_samples(settings.samples);
    added.updates = update_stores_.emplace_back(std::make_shared<UpdateStore<Real>>(*space_, compression));
    return;
  }
  require(state.shares_updates <= s && matrices_[state.shares_updates - 1].has_value(),
          "a matrix of the model shares the updates of something that is no earlier matrix");
  added.updates = matrices_[state.shares_updates - 1]->updates;
  added.member = added.updates->add_member();
}

template <class Real>
void Replica<Real>::draw_initial_state(const std::vector<Rotation>& rotations, std::uint64_t seed) {
  for (const bool meets_input : {true, false}) {
    for (std::uint32_t s = 0; s < model_->state_count; ++s) {
      const tp_state_descriptor& state = model_->states[s];
      const std::size_t rows = static_cast<std::size_t>(state.rows);
      const bool has_law_of_its_own = state.kind == TP_STATE_RANDOM || state.kind == TP_STATE_SCALAR;
      if (!has_law_of_its_own || (state.meets_input != 0) != meets_input) continue;
      const bool gaussian = state.init_kind == TP_INIT_GAUSSIAN;
      const double value = state.init_kind == TP_INIT_ZERO ? 0.0 : state.init_value;
      if (state.init_kind == TP_INIT_NOISE) {
        draw_noise(s, value);
      } else if (state.kind == TP_STATE_RANDOM && gaussian) {
        draw_gaussian_rows(rotations[s], rows, value, sample_states_[s].value.data());
      } else if (state.kind == TP_STATE_RANDOM && state.init_kind == TP_INIT_SHARE) {
        const auto share = static_cast<std::size_t>(std::lround(value * static_cast<double>(space_->count)));
        fill_constant(1.0, share, rows, sample_states_[s].value.data());
      } else if (state.kind == TP_STATE_RANDOM) {
        fill_constant(value, space_->count, rows, sample_states_[s].value.data());
      } else {
        // Finite parameters are not averaged over: every replica starts from the same draw.
        const PhiloxStream stream(seed, 0, RandomPurpose::scalar, s);
        for (std::size_t i = 0; i < rows; ++i) {
          double normal = 0.0;
          const std::uint64_t bits = stream.bits(static_cast<std::uint32_t>(i)).first;
          if (gaussian) normals_from_bits(&bits, 1, &normal);
          scalar_states_[s].value[i] = gaussian ? value * normal : value;
        }
      }
    }
  }
  committed_position_ = fresh_.position();
}

/// row_j = deviation * sum_c R[j, c] g_c.
template <class Real>
void Replica<Real>::draw_gaussian_rows(const Rotation& rotation, std::size_t rows, double deviation, Real* out) {
  const std::size_t samples = space_->count;
  if (rotation.matrix.empty()) {
    fresh_.draw(*space_, rows, out);
    for_blocks(*space_, space_->algebra_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t j = 0; j < rows; ++j) {
        for (std::size_t s = begin; s < end; ++s) out[j * samples + s] *= static_cast<Real>(deviation);
      }
    });
    return;
  }
  AlignedBuffer<Real> base(rotation.rank * samples);
  fresh_.draw(*space_, rotation.rank, base.data());
  algebra_.combine(deviation, rotation.matrix.data(), rotation.rank, {{base.data(), rotation.rank, samples}}, out, rows,
                   samples, false);
}

/// E[N x] = sum_s weight_s N_s x_s with N_s = deviation g_s / sqrt(weight_s) has the variance deviation^2 E[x^2].
template <class Real>
void Replica<Real>::draw_noise(std::uint32_t s, double deviation) {
  const std::size_t rows = static_cast<std::size_t>(model_->states[s].rows), samples = space_->count;
  const std::uint64_t first = std::uint64_t{s} << 32;
  if (model_->states[s].kind == TP_STATE_SCALAR) {
    std::vector<double>& numbers = scalar_states_[s].value;
    points_.fill_noise(first, 0, rows, numbers.data());
    for (double& number : numbers) number *= deviation;
    return;
  }
  Real* out = sample_states_[s].value.data();
  for_blocks(*space_, space_->algebra_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t j = 0; j < rows; ++j) {
      Real* row = out + j * samples;
      points_.fill_noise(first + j, begin, end, row + begin);
      for (std::size_t i = begin; i < end; ++i) {
        const auto weight = static_cast<double>(weights_[i]);
        row[i] *= weight == 0.0 ? Real{0} : static_cast<Real>(deviation / std::sqrt(weight));
      }
    }
  });
}

template <class Real>
void Replica<Real>::fill_constant(double value, std::size_t points, std::size_t rows, Real* out) const {
  for (std::size_t j = 0; j < rows; ++j) {
    Real* row = out + j * space_->count;
    for (std::size_t s = 0; s < points; ++s) row[s] = static_cast<Real>(value) * unit_[s];
    std::fill(row + points, row + space_->count, Real{0});
  }
}

template <class Real>
void* Replica<Real>::samples(std::uint32_t slot, std::int64_t rows) {
  require(slot < 1u << 20 && rows >= 0, "a compiled function asks for an impossible scratch slot");
  if (slot >= slots_.size()) slots_.resize(slot + 1);
  slots_[slot].rows = static_cast<std::size_t>(rows);
  return slots_[slot].values.reserve(std::max<std::size_t>(1, slots_[slot].rows) * space_->count);
}

template <class Real>
const void* Replica<Real>::state_samples(std::uint32_t state) {
  require_state(state, TP_STATE_RANDOM);
  return sample_states_[state].value.data();
}

template <class Real>
void Replica<Real>::contract(void* out, std::size_t out_rows, const double* coefficients, std::int64_t row_stride,
                             std::int64_t column_stride, const void* in, std::size_t in_rows) {
  algebra_.combine(
      1.0,
      {coefficients, out_rows, in_rows, static_cast<std::size_t>(row_stride), static_cast<std::size_t>(column_stride)},
      {{static_cast<const Real*>(in), in_rows, space_->count}}, static_cast<Real*>(out), space_->count, false);
}

template <class Real>
void Replica<Real>::expect(double* out, const void* lhs, std::size_t lhs_rows, const void* rhs, std::size_t rhs_rows) {
  algebra_.inner({static_cast<const Real*>(lhs), lhs_rows, space_->count},
                 {{static_cast<const Real*>(rhs), rhs_rows, space_->count}}, out, rhs_rows);
}

template <class Real>
typename Replica<Real>::MatrixState& Replica<Real>::matrix(std::uint32_t state) {
  require_state(state, TP_STATE_MATRIX);
  return *matrices_[state];
}

template <class Real>
void Replica<Real>::condition(std::uint32_t state, bool transposed, std::uint32_t size_class, const void* in,
                              std::size_t rows, void* out) {
  matrix(state).initial.apply(transposed, size_class, static_cast<const Real*>(in), rows, static_cast<Real*>(out),
                              algebra_, fresh_, workspace_);
}

template <class Real>
void Replica<Real>::accumulated(std::uint32_t state, bool transposed, const void* in, std::size_t rows, void* out) {
  const MatrixState& target = matrix(state);
  target.updates->apply(target.member, transposed, static_cast<const Real*>(in), rows, static_cast<Real*>(out),
                        algebra_);
}

template <class Real>
void Replica<Real>::append(std::uint32_t state, double coefficient, const void* left, const void* right,
                           std::size_t rows) {
  MatrixState& target = matrix(state);
  require_training();
  require_finite(static_cast<const Real*>(left), rows, model_->states[state].name);
  require_finite(static_cast<const Real*>(right), rows, model_->states[state].name);
  target.updates->append(target.member, coefficient, static_cast<const Real*>(left), static_cast<const Real*>(right),
                         rows, algebra_);
}

template <class Real>
void Replica<Real>::combine(std::uint32_t state, std::uint32_t source, double coefficient) {
  const MatrixState& target = matrix(state);
  const MatrixState& from = matrix(source);
  require_training();
  require(target.updates == from.updates, "a compiled function combines matrices that do not share their updates");
  target.updates->combine(target.member, from.member, coefficient);
}

template <class Real>
void Replica<Real>::write_samples(std::uint32_t state, const void* value) {
  const std::size_t rows = static_cast<std::size_t>(require_state(state, TP_STATE_RANDOM).rows);
  require_training();
  require_finite(static_cast<const Real*>(value), rows, model_->states[state].name);
  SampleState& target = sample_states_[state];
  target.written = true;
  if (take_slot(value, rows, target)) return;
  const Real* from = static_cast<const Real*>(value);
  Real* to = target.next.reserve(rows * space_->count);
  for_blocks(*space_, space_->algebra_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t j = 0; j < rows; ++j) {
      std::copy(from + j * space_->count + begin, from + j * space_->count + end, to + j * space_->count + begin);
    }
  });
}

template <class Real>
void Replica<Real>::pairs(const PairPhase& phase) {
  require_training();
  for (std::size_t i = 0; i < phase.state_count; ++i) require_state(phase.states[i], TP_STATE_PAIR);
  for (std::size_t i = 0; i < phase.products; ++i) {
    const char* name = phase.state_count > 0 ? model_->states[phase.states[0]].name : "of pairs";
    require_finite(static_cast<const Real*>(phase.left[i]), static_cast<std::size_t>(phase.rows[i]), name);
    require_finite(static_cast<const Real*>(phase.right[i]), static_cast<std::size_t>(phase.rows[i]), name);
  }
  pair_states_.prepare<Real>(phase);
}

template <class Real>
void Replica<Real>::apply_pair(std::uint32_t pair, bool transposed, const void* in, std::size_t rows, void* out) {
  require_state(pair, TP_STATE_PAIR);
  pair_states_.apply(pair, transposed, static_cast<const Real*>(in), rows, static_cast<Real*>(out));
}

/// A value that lies in a scratch slot of its own size changes hands; the slot gets the memory of `next`.
template <class Real>
bool Replica<Real>::take_slot(const void* value, std::size_t rows, SampleState& target) {
  for (Slot& slot : slots_) {
    if (slot.values.data() != value || slot.rows != rows) continue;
    slot.values.swap(target.next);
    slot.rows = 0;
    return true;
  }
  return false;
}

template <class Real>
void Replica<Real>::require_finite(const Real* values, std::size_t rows, const char* name) const {
  std::atomic<bool> finite{true};
  for_blocks(*space_, space_->algebra_block(), [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t j = 0; j < rows; ++j) {
      if (!all_finite(values + j * space_->count + begin, end - begin)) finite = false;
    }
  });
  if (!finite) fail(TP_NOT_FINITE, std::string("the state ") + name + " became infinite or undefined");
}

template <class Real>
void Replica<Real>::commit() noexcept {
  make_changes();
  pair_states_.commit();
  for (SampleState& state : sample_states_) {
    if (state.written) state.value.swap(state.next);
    state.written = false;
  }
  commit_scalars();
  for (auto& state : matrices_) {
    if (state) state->committed = state->initial.size();
  }
  for (auto& updates : update_stores_) updates->commit();
  committed_position_ = fresh_.position();
}

template <class Real>
void Replica<Real>::roll_back() {
  for (SampleState& state : sample_states_) state.written = false;
  forget_scalars();
  forget_changes();
  pair_states_.discard();
  for (auto& state : matrices_) {
    if (state) state->initial.truncate(state->committed);
  }
  for (auto& updates : update_stores_) updates->discard_pending();
  fresh_.restore(committed_position_);
}

template <class Real>
MatrixStatistics Replica<Real>::matrix_statistics(std::uint32_t state) const {
  require_state(state, TP_STATE_MATRIX);
  const MatrixState& matrix_state = *matrices_[state];
  const auto size = matrix_state.initial.size();
  return {size.directions[0], size.directions[1], matrix_state.updates->terms(), size.unstored};
}

template <class Real>
void Replica<Real>::weighted_rows(std::uint32_t state, std::size_t first, std::size_t count, double* out) const {
  const std::size_t rows = static_cast<std::size_t>(require_state(state, TP_STATE_RANDOM).rows);
  require(first <= rows && count <= rows - first, "the state has no such rows");
  const std::size_t samples = space_->count;
  const Real* values = sample_states_[state].value.data() + first * samples;
  std::vector<double> roots(weights_.begin(), weights_.end());
  for (double& root : roots) root = std::sqrt(root);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t s = 0; s < samples; ++s) *out++ = roots[s] * static_cast<double>(*values++);
  }
}

template <class Real>
double Replica<Real>::truncation() const {
  double largest = 0.0;
  for (const auto& state : matrices_) {
    if (state) largest = std::max(largest, state->initial.truncation());
  }
  return largest;
}

template <class Real>
double Replica<Real>::discarded() const {
  double largest = 0.0;
  for (const auto& updates : update_stores_) largest = std::max(largest, updates->discarded());
  return largest;
}

template class Replica<double>;
template class Replica<float>;

}  // namespace tpc::runtime
