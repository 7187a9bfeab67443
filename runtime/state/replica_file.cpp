// A replica in a file: counters, then every state in the model's order.
#include "runtime/state/replica.h"
#include "runtime/state/state_file.h"

namespace tpc::runtime {
namespace {

template <class Real>
void save_rows(const RowStore<Real>& store, std::size_t rows, std::size_t samples, StateWriter& writer) {
  for (std::size_t i = 0; i < rows; ++i) writer.bytes(store.row(i), samples * sizeof(Real));
}

template <class Real>
void load_rows(RowStore<Real>& store, std::size_t rows, std::size_t samples, StateReader& reader) {
  for (std::size_t i = 0; i < rows; ++i) reader.bytes(store.append(), samples * sizeof(Real));
}

}  // namespace

template <class Real>
void Replica<Real>::save(StateWriter& writer) const {
  writer.value(committed_position_);
  for (std::uint32_t s = 0; s < model_->state_count; ++s) {
    const std::size_t rows = static_cast<std::size_t>(model_->states[s].rows);
    switch (model_->states[s].kind) {
      case TP_STATE_SCALAR: writer.bytes(scalar_states_[s].value.data(), rows * sizeof(double)); break;
      case TP_STATE_RANDOM: writer.bytes(sample_states_[s].value.data(), rows * space_->count * sizeof(Real)); break;
      case TP_STATE_PAIR: writer.bytes(pair_states_.values(s), pair_states_.pair_count() * sizeof(float)); break;
      default: save_matrix(*matrices_[s], writer); break;
    }
  }
  for (const auto& updates : update_stores_) save_updates(*updates, writer);
}

template <class Real>
void Replica<Real>::load(StateReader& reader) {
  committed_position_ = reader.value<std::uint64_t>();
  fresh_.restore(committed_position_);
  for (std::uint32_t s = 0; s < model_->state_count; ++s) {
    const std::size_t rows = static_cast<std::size_t>(model_->states[s].rows);
    switch (model_->states[s].kind) {
      case TP_STATE_SCALAR: reader.bytes(scalar_states_[s].value.data(), rows * sizeof(double)); break;
      case TP_STATE_RANDOM: reader.bytes(sample_states_[s].value.data(), rows * space_->count * sizeof(Real)); break;
      case TP_STATE_PAIR: reader.bytes(pair_states_.values(s), pair_states_.pair_count() * sizeof(float)); break;
      default: load_matrix(*matrices_[s], reader); break;
    }
  }
  for (auto& updates : update_stores_) load_updates(*updates, reader);
}

template <class Real>
void Replica<Real>::save_matrix(const MatrixState& state, StateWriter& writer) const {
  const std::size_t samples = space_->count;
  for (std::size_t transposed : {0u, 1u}) {
    const std::size_t rank = state.committed.directions[transposed];
    writer.value(std::uint64_t{rank});
    save_rows(state.initial.family(transposed).basis, rank, samples, writer);
    save_rows(state.initial.family(transposed).images, rank, samples, writer);
    for (const double norm : state.committed.typical_norms[transposed]) writer.value(norm);
  }
  writer.value(std::uint64_t{state.committed.unstored});
}

template <class Real>
void Replica<Real>::save_updates(const UpdateStore<Real>& updates, StateWriter& writer) const {
  const std::size_t samples = space_->count;
  writer.value(std::uint64_t{updates.terms()});
  writer.value(updates.discarded());
  writer.value(std::uint64_t{updates.panel_terms()});
  for (std::size_t right : {0u, 1u}) {
    const auto& side = updates.side(right);
    writer.value(std::uint64_t{side.basis.size()});
    save_rows(side.basis, side.basis.size(), samples, writer);
    save_rows(side.panel, updates.panel_terms(), samples, writer);
  }
  for (std::size_t i = 0; i < updates.members(); ++i) {
    const auto& member = updates.member(i);
    writer.bytes(member.core.data(), member.core.size() * sizeof(double));
    writer.bytes(member.coefficients.data(), updates.panel_terms() * sizeof(double));
  }
}

template <class Real>
void Replica<Real>::load_matrix(MatrixState& state, StateReader& reader) const {
  const std::size_t samples = space_->count;
  const double row_bytes = static_cast<double>(samples) * sizeof(Real);
  for (std::size_t transposed : {0u, 1u}) {
    const std::size_t rank = reader.counted(2.0 * row_bytes);
    load_rows(state.initial.family(transposed).basis, rank, samples, reader);
    load_rows(state.initial.family(transposed).images, rank, samples, reader);
    for (double& norm : state.initial.family(transposed).typical_norms) norm = reader.value<double>();
  }
  state.initial.set_unstored(static_cast<std::size_t>(reader.value<std::uint64_t>()));
  state.committed = state.initial.size();
}

template <class Real>
void Replica<Real>::load_updates(UpdateStore<Real>& updates, StateReader& reader) const {
  const std::size_t samples = space_->count;
  const double row_bytes = static_cast<double>(samples) * sizeof(Real);
  const std::uint64_t terms = reader.value<std::uint64_t>();
  const double discarded = reader.value<double>();
  const std::size_t panel_terms = reader.counted(2.0 * row_bytes);
  for (std::size_t right : {0u, 1u}) {
    auto& side = updates.side(right);
    load_rows(side.basis, reader.counted(row_bytes), samples, reader);
    load_rows(side.panel, panel_terms, samples, reader);
  }
  const std::size_t core = updates.side(0).basis.size() * updates.side(1).basis.size();
  for (std::size_t i = 0; i < updates.members(); ++i) {
    auto& member = updates.member(i);
    reader.require_left(static_cast<double>(core + panel_terms) * sizeof(double));
    member.core.resize(core);
    reader.bytes(member.core.data(), core * sizeof(double));
    member.coefficients.resize(panel_terms);
    reader.bytes(member.coefficients.data(), panel_terms * sizeof(double));
  }
  updates.restore(terms, discarded);
}

// The rest of the class is instantiated in replica.cpp.
template void Replica<double>::save_updates(const UpdateStore<double>&, StateWriter&) const;
template void Replica<float>::save_updates(const UpdateStore<float>&, StateWriter&) const;
template void Replica<double>::load_updates(UpdateStore<double>&, StateReader&) const;
template void Replica<float>::load_updates(UpdateStore<float>&, StateReader&) const;
template void Replica<double>::save_matrix(const MatrixState&, StateWriter&) const;
template void Replica<float>::save_matrix(const MatrixState&, StateWriter&) const;
template void Replica<double>::load_matrix(MatrixState&, StateReader&) const;
template void Replica<float>::load_matrix(MatrixState&, StateReader&) const;
template void Replica<double>::save(StateWriter&) const;
template void Replica<float>::save(StateWriter&) const;
template void Replica<double>::load(StateReader&);
template void Replica<float>::load(StateReader&);

}  // namespace tpc::runtime
