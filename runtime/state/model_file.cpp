// A state in a file: its settings, then the way to it (journal.h) or everything in it.
#include <algorithm>
#include <cmath>

#include "runtime/state/model_state.h"
#include "runtime/state/state_file.h"
#include "runtime/support/failure.h"
#include "runtime/support/memory.h"

using tpc::runtime::fail;
using tpc::runtime::Rotation;
using tpc::runtime::Settings;
using tpc::runtime::StateReader;
using tpc::runtime::StateWriter;

namespace {

constexpr std::uint64_t file_magic = 0x4554415453435054u;  // the bytes "TPCSTATE"
constexpr std::uint32_t file_version = 6;

template <class Visit>
void visit_settings(Settings& settings, const Visit& visit) {
  visit(settings.samples), visit(settings.replicas), visit(settings.first_replica), visit(settings.seed);
  visit(settings.tolerance), visit(settings.threads), visit(settings.base_dimensions);
}

/// A header can be damaged in ways that only the checksum at the end would show: nothing is allocated by it blindly.
void check_loaded_settings(const Settings& settings, const StateReader& reader) {
  using namespace tpc::runtime;
  const bool plausible = settings.samples >= 64 && settings.samples <= most_samples && settings.samples % 64 == 0 &&
                         settings.replicas >= 1 && settings.replicas <= most_replicas &&
                         settings.first_replica <= most_replicas && settings.threads <= most_threads &&
                         std::isfinite(settings.tolerance) && settings.tolerance < 1.0 &&
                         settings.base_dimensions <= std::size_t{1} << 40;
  if (!plausible) reader.refuse("its settings make no sense");
}

void load_weights(Settings& settings, StateReader& reader) {
  if (settings.method != TP_METHOD_QUADRATURE) return;
  reader.require_left(static_cast<double>(settings.samples) * sizeof(double));
  settings.weights.resize(settings.samples);
  reader.bytes(settings.weights.data(), settings.samples * sizeof(double));
  const bool possible = std::ranges::all_of(settings.weights, [](double w) { return w >= 0.0 && w <= 1.0; });
  if (!possible) reader.refuse("its settings make no sense");
}

void save_rotations(const std::vector<Rotation>& rotations, StateWriter& writer) {
  for (const Rotation& rotation : rotations) {
    writer.value(static_cast<std::uint64_t>(rotation.rank));
    writer.value(static_cast<std::uint64_t>(rotation.matrix.size()));
    writer.bytes(rotation.matrix.data(), rotation.matrix.size() * sizeof(double));
  }
}

/// One a state of the model; together they have the base variables that the settings count.
void load_rotations(const tp_model_descriptor& model, Settings& settings, StateReader& reader) {
  double base = 0.0;
  for (std::uint32_t s = 0; s < model.state_count; ++s) {
    const tp_state_descriptor& state = model.states[s];
    Rotation& rotation = settings.rotations.emplace_back();
    rotation.rank = reader.value<std::uint64_t>();
    rotation.matrix.resize(reader.counted(sizeof(double)));
    reader.bytes(rotation.matrix.data(), rotation.matrix.size() * sizeof(double));
    const bool whole = rotation.matrix.empty() && rotation.rank == state.rows;
    const bool partial = rotation.rank <= state.rows && rotation.matrix.size() == state.rows * rotation.rank;
    if (!whole && !partial) reader.refuse("its settings make no sense");
    if (tpc::runtime::is_gaussian_variable(state)) base += static_cast<double>(rotation.rank);
  }
  if (base != static_cast<double>(settings.base_dimensions)) reader.refuse("its settings make no sense");
}

double rotation_bytes(const std::vector<Rotation>& rotations) {
  double bytes = 0.0;
  for (const Rotation& rotation : rotations) bytes += static_cast<double>(rotation.matrix.size() * sizeof(double));
  return bytes;
}

}  // namespace

/// Samples need at least what the initial state does.
bool tp_state::is_saved_as_journal() const {
  return journal_.is_complete() &&
         journal_.bytes() + rotation_bytes(settings_.rotations) < tpc::runtime::state_bytes(*model_, settings_);
}

void tp_state::save(const std::string& path) const {
  StateWriter writer(path);
  writer.value(file_magic);
  writer.value(file_version);
  writer.value(model_->precision);
  writer.value(model_->fingerprint);
  writer.value(static_cast<std::uint32_t>(settings_.method));
  writer.value(model_->state_count);
  Settings settings = settings_;
  visit_settings(settings, [&](auto& value) { writer.value(value); });
  writer.bytes(settings.weights.data(), settings.weights.size() * sizeof(double));
  writer.value(static_cast<std::uint32_t>(is_saved_as_journal()));
  if (is_saved_as_journal()) {
    save_rotations(settings_.rotations, writer);
    journal_.save(writer);
  } else {
    for (const auto& replica : replicas_) replica->save(writer);
  }
  writer.finish();
}

std::unique_ptr<tp_state> tp_state::load(const tp_model_descriptor& model, const std::string& path) {
  StateReader reader(path);
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
  const bool journal = reader.value<std::uint32_t>() != 0;
  if (journal) {
    load_rotations(model, settings, reader);
    tpc::runtime::require_memory(tpc::runtime::state_bytes(model, settings));
  } else {
    reader.require_left(tpc::runtime::state_bytes(model, settings));
  }
  std::unique_ptr<tp_state> state(new tp_state(model, std::move(settings)));
  journal ? state->load_journal(reader) : state->load_samples(reader);
  return state;
}

/// The file is read to its end before anything is computed by it.
void tp_state::load_journal(StateReader& reader) {
  tpc::runtime::Journal saved;
  saved.load(*model_, reader);
  reader.finish();
  draw_initial_state();
  saved.for_each(*model_, [&](std::uint32_t function, const double* const* fields, const std::int64_t* extents) {
    call(function, fields, extents);
  });
}

void tp_state::load_samples(StateReader& reader) {
  for (const auto& replica : replicas_) replica->load(reader);
  reader.finish();
  journal_.end();
}
