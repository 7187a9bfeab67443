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
  writer.value(committed_position_.dimension);
  writer.value(committed_position_.renewal);
  for (std::uint32_t s = 0; s < model_->state_count; ++s) {
    const std::size_t rows = static_cast<std::size_t>(model_->states[s].rows);
    switch (model_->states[s].kind) {
      case TP_STATE_SCALAR: writer.bytes(scalar_states_[s].value.data(), rows * sizeof(double)); break;
      case TP_STATE_RANDOM: writer.bytes(sample_states_[s].value.data(), rows * space_->count * sizeof(Real)); break;
      default: save_matrix(*matrices_[s], writer); break;
    }
  }
  for (const auto& updates : update_stores_) save_updates(*updates, writer);
}

template <class Real>
void Replica<Real>::load(StateReader& reader) {
  committed_position_.dimension = reader.value<std::uint64_t>();
  committed_position_.renewal = reader.value<std::uint64_t>();
  fresh_.restore(committed_position_);
  for (std::uint32_t s = 0; s < model_->state_count; ++s) {
    const std::size_t rows = static_cast<std::size_t>(model_->states[s].rows);
    switch (model_->states[s].kind) {
      case TP_STATE_SCALAR: reader.bytes(scalar_states_[s].value.data(), rows * sizeof(double)); break;
      case TP_STATE_RANDOM: reader.bytes(sample_states_[s].value.data(), rows * space_->count * sizeof(Real)); break;
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
    writer.value(state.committed.typical_norm[transposed]);
  }
  writer.value(std::uint64_t{state.committed.renewed});
}

template <class Real>
void Replica<Real>::save_updates(const UpdateStore<Real>& updates, StateWriter& writer) const {
  const std::size_t samples = space_->count;
  writer.value(std::uint64_t{updates.terms()});
  writer.value(static_cast<std::uint8_t>(updates.is_dense()));
  for (std::size_t member = 0; member < updates.members(); ++member) {
    if (updates.is_dense()) {
      writer.bytes(updates.dense(member), samples * samples * sizeof(Real));
    } else {
      writer.bytes(updates.coefficients(member), updates.terms() * sizeof(double));
    }
  }
  if (updates.is_dense()) return;
  save_rows(updates.left(), updates.terms(), samples, writer);
  save_rows(updates.right(), updates.terms(), samples, writer);
}

template <class Real>
void Replica<Real>::load_matrix(MatrixState& state, StateReader& reader) const {
  const std::size_t samples = space_->count;
  const double row_bytes = static_cast<double>(samples) * sizeof(Real);
  for (std::size_t transposed : {0u, 1u}) {
    const std::size_t rank = reader.counted(2.0 * row_bytes);
    load_rows(state.initial.family(transposed).basis, rank, samples, reader);
    load_rows(state.initial.family(transposed).images, rank, samples, reader);
    state.initial.family(transposed).typical_norm = reader.value<double>();
  }
  state.initial.set_renewed(static_cast<std::size_t>(reader.value<std::uint64_t>()));
  state.committed = state.initial.size();
}

template <class Real>
void Replica<Real>::load_updates(UpdateStore<Real>& updates, StateReader& reader) const {
  const std::size_t samples = space_->count;
  const double row_bytes = static_cast<double>(samples) * sizeof(Real);
  const std::uint64_t terms = reader.value<std::uint64_t>();
  const bool is_dense = reader.value<std::uint8_t>() != 0;
  reader.require_left(is_dense ? row_bytes * static_cast<double>(samples * updates.members())
                               : 2.0 * row_bytes * static_cast<double>(terms));
  updates.restore(terms, is_dense);
  for (std::size_t member = 0; member < updates.members(); ++member) {
    if (is_dense) {
      reader.bytes(updates.dense(member), samples * samples * sizeof(Real));
    } else {
      reader.bytes(updates.coefficients(member), terms * sizeof(double));
    }
  }
  if (is_dense) return;
  load_rows(updates.left(), terms, samples, reader);
  load_rows(updates.right(), terms, samples, reader);
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
