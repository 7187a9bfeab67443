#include "runtime/state/settings.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "runtime/points/gauss_hermite.h"
#include "runtime/support/failure.h"
#include "runtime/support/memory.h"

namespace tpc::runtime {
namespace {

constexpr std::uint64_t most_rows = std::uint64_t{1} << 31;

std::size_t round_up_to_64(std::size_t n) { return (n + 63) / 64 * 64; }

Rotation rotation_of(const tp_state_descriptor& state, const tp_options& options) {
  Rotation rotation{static_cast<std::size_t>(state.rows), {}};
  for (std::size_t i = 0; i < options.rotation_count; ++i) {
    const tp_rotation& given = options.rotations[i];
    require(given.state != nullptr && given.matrix != nullptr, "a rotation has no state name or no matrix");
    if (std::strcmp(given.state, state.name) != 0) continue;
    if (!is_gaussian_variable(state)) {
      fail(TP_INVALID_ARGUMENT, std::string("the rotation of ") + state.name + ": not a Gaussian state");
    }
    if (given.rows != state.rows || given.rank > given.rows) {
      fail(TP_INVALID_ARGUMENT,
           std::string("the rotation of ") + state.name + " does not have its " + std::to_string(state.rows) + " rows");
    }
    rotation.rank = given.rank == 0 ? given.rows : given.rank;
    rotation.matrix.clear();
    for (std::size_t row = 0; row < given.rows; ++row) {
      const double* begin = given.matrix + row * given.rows;
      rotation.matrix.insert(rotation.matrix.end(), begin, begin + rotation.rank);
    }
    for (const double value : rotation.matrix)
      require(std::isfinite(value), "a rotation has an entry that is not finite");
  }
  return rotation;
}

void require_rotations_named(const tp_model_descriptor& model, const tp_options& options) {
  require(options.rotation_count == 0 || options.rotations != nullptr, "rotation_count without rotations");
  for (std::size_t i = 0; i < options.rotation_count; ++i) {
    const char* name = options.rotations[i].state;
    require(name != nullptr, "a rotation has no state name");
    bool found = false;
    for (std::uint32_t s = 0; s < model.state_count; ++s) found |= std::strcmp(name, model.states[s].name) == 0;
    if (!found) fail(TP_INVALID_ARGUMENT, std::string("the model has no state named ") + name + " to rotate");
  }
}

/// The host's own nodes.
NodeSet given_nodes(const tp_nodes& given, std::size_t dimensions) {
  require(given.dimensions == dimensions, "the nodes given do not have the dimensions of the model's Gaussian states");
  require(given.count >= 1 && given.count <= most_quadrature_points, "quadrature takes 1 to 2^22 nodes");
  require(given.values != nullptr && given.weights != nullptr, "nodes without values or weights");
  NodeSet nodes{given.dimensions, given.count, {}, {given.weights, given.weights + given.count}};
  nodes.values.assign(given.values, given.values + given.dimensions * given.count);
  const auto finite = [](double value) { return std::isfinite(value); };
  const bool usable = std::ranges::all_of(nodes.values, finite) &&
                      std::ranges::all_of(nodes.weights, [&](double w) { return finite(w) && w >= 0.0; });
  require(usable, "a node is not finite, or its weight is negative or not finite");
  return nodes;
}

void resolve_quadrature(const tp_model_descriptor& model, const tp_options& options, Settings& settings) {
  for (std::uint32_t s = 0; s < model.state_count; ++s) {
    if (model.states[s].kind == TP_STATE_MATRIX) {
      fail(TP_INVALID_ARGUMENT,
           std::string("quadrature cannot evaluate the n x n matrix ") + model.states[s].name + "; use qmc");
    }
  }
  const std::size_t dimensions = settings.base_dimensions;
  if (options.nodes != nullptr) {
    settings.nodes = std::make_shared<NodeSet>(given_nodes(*options.nodes, dimensions));
  } else {
    const std::size_t nodes = options.samples == 0 ? 48 : options.samples;
    require(nodes <= 512, "quadrature takes at most 512 nodes per dimension (the option `samples`)");
    settings.nodes = std::make_shared<NodeSet>(tensor_nodes(gauss_hermite(nodes), dimensions));
  }
  settings.samples = round_up_to_64(settings.nodes->count);
  settings.weights = settings.nodes->weights;
  settings.weights.resize(settings.samples);
}

/// They are functions of points, and of points that weigh the same.
void refuse_pairs(const tp_model_descriptor& model) {
  for (std::uint32_t s = 0; s < model.state_count; ++s) {
    if (model.states[s].kind != TP_STATE_PAIR) continue;
    fail(TP_INVALID_ARGUMENT, std::string("the entrywise updates ") + model.states[s].name + " are sampled; use qmc");
  }
}

void resolve_samples(const tp_model_descriptor& model, const tp_options& options, Settings& settings) {
  const std::size_t samples = options.samples;
  require(samples <= most_samples, "more than 2^26 samples");
  const std::size_t base = settings.base_dimensions;
  switch (settings.method) {
    case TP_METHOD_QMC:
      settings.samples = std::bit_ceil(std::max<std::size_t>(samples == 0 ? 16384 : samples, 64));
      return;
    case TP_METHOD_MC: settings.samples = round_up_to_64(samples == 0 ? 16384 : samples); return;
    case TP_METHOD_QUADRATURE: return resolve_quadrature(model, options, settings);
    case TP_METHOD_EXACT:
      settings.samples = round_up_to_64(samples == 0 ? base + 256 : samples);
      if (base + 1 > settings.samples) {
        fail(TP_CAPACITY, "exact evaluation starts with " + std::to_string(base + 1) + " coordinates, more than the " +
                              std::to_string(settings.samples) + " asked for; ask for more samples");
      }
      return;
  }
}

void check_state(const tp_state_descriptor& state) {
  require(state.name != nullptr, "a state of the model has no name");
  require(state.kind >= TP_STATE_SCALAR && state.kind <= TP_STATE_PAIR, "a state of the model has an unknown kind");
  require(state.init_kind <= TP_INIT_SHARE, "a state of the model has an unknown start");
  require(state.init_kind != TP_INIT_NOISE || state.kind == TP_STATE_RANDOM || state.kind == TP_STATE_SCALAR,
          "a matrix of the model is noise");
  require(state.rows >= 1 && state.rows <= most_rows, "a state of the model has an impossible number of rows");
  require(state.init_kind != TP_INIT_SHARE ||
              (state.kind == TP_STATE_RANDOM && state.init_value > 0.0 && state.init_value <= 1.0),
          "a share of the points of the model is none");
  require(state.kind != TP_STATE_MATRIX || (state.rows == 1 && state.init_kind != TP_INIT_CONSTANT),
          "a matrix of the model is not one Gaussian or zero matrix");
  require(state.kind != TP_STATE_PAIR || (state.rows == 1 && state.init_kind == TP_INIT_ZERO),
          "a random variable of pairs does not start at 0");
  require(std::isfinite(state.init_value), "a state of the model does not start finite");
}

void check_indices(const tp_model_descriptor& model, const std::uint32_t* extents, std::uint32_t count) {
  require(count == 0 || extents != nullptr, "something of the model has no table of its extents");
  for (std::uint32_t i = 0; i < count; ++i) {
    require(extents[i] < model.extent_count, "something of the model has an extent that the model has not");
  }
}

void check_extents(const tp_model_descriptor& model) {
  require(model.extent_count == 0 || model.extents != nullptr, "the model has no table of extents");
  for (std::uint32_t e = 0; e < model.extent_count; ++e) {
    require(model.extents[e].name != nullptr, "an extent of the model has no name");
    require(model.extents[e].twin_of <= model.extent_count, "an extent of the model is the twin of no extent");
  }
  for (std::uint32_t f = 0; f < model.field_count; ++f) {
    check_indices(model, model.fields[f].extents, model.fields[f].extent_count);
  }
  for (std::uint32_t f = 0; f < model.function_count; ++f) {
    const tp_function_descriptor& function = model.functions[f];
    check_indices(model, function.extents, function.extent_count);
    require(function.field_count == 0 || function.fields != nullptr,
            "a function of the model has no table of its fields");
    for (std::uint32_t i = 0; i < function.field_count; ++i) {
      require(function.fields[i] < model.field_count, "a function of the model reads a field that the model has not");
    }
    require(function.example_extent <= model.extent_count, "a function of the model has examples of no extent");
    for (std::uint32_t r = 0; r < function.result_count && function.results != nullptr; ++r) {
      check_indices(model, function.results[r].extents, function.results[r].extent_count);
    }
  }
}

}  // namespace

SampleSpace Settings::sample_space() const {
  SampleSpace space;
  space.count = samples;
  space.uniform_weight = method == TP_METHOD_EXACT ? 1.0 : 1.0 / static_cast<double>(samples);
  space.weights = weights;
  return space;
}

void check_model(const tp_model_descriptor* model) {
  require(model != nullptr, "the model is null");
  if (model->abi_version != TP_ABI_VERSION) {
    fail(TP_ABI_MISMATCH, "the model was compiled for version " + std::to_string(model->abi_version) +
                              " of the runtime interface; this runtime has version " + std::to_string(TP_ABI_VERSION));
  }
  require(model->precision == TP_F64 || model->precision == TP_F32, "the model has an unknown precision");
  require(model->state_count == 0 || model->states != nullptr, "the model has no table of states");
  require(model->field_count == 0 || model->fields != nullptr, "the model has no table of fields");
  require(model->function_count == 0 || model->functions != nullptr, "the model has no table of functions");
  for (std::uint32_t s = 0; s < model->state_count; ++s) check_state(model->states[s]);
  check_extents(*model);
  for (std::uint32_t f = 0; f < model->field_count; ++f) {
    require(model->fields[f].size <= most_rows, "a field of the model has an impossible size");
    const std::uint32_t twin_of = model->fields[f].twin_of;
    require(twin_of == 0 || (twin_of <= model->field_count && model->fields[twin_of - 1].twin_of == 0 &&
                             model->fields[twin_of - 1].size == model->fields[f].size),
            "a field of the model is the twin of something that is no such field");
  }
  for (std::uint32_t f = 0; f < model->function_count; ++f) {
    const tp_function_descriptor& function = model->functions[f];
    require(function.name != nullptr && function.code != nullptr, "a function of the model has no name or no code");
    require(function.result_count == 0 || function.results != nullptr, "a function of the model has no results table");
  }
}

bool is_gaussian_variable(const tp_state_descriptor& state) {
  return state.kind == TP_STATE_RANDOM && state.init_kind == TP_INIT_GAUSSIAN;
}

bool has_noise(const tp_model_descriptor& model) {
  return std::any_of(model.states, model.states + model.state_count,
                     [](const tp_state_descriptor& state) { return state.init_kind == TP_INIT_NOISE; });
}

bool is_sampled(const tp_model_descriptor& model) {
  return std::any_of(model.states, model.states + model.state_count,
                     [](const tp_state_descriptor& state) { return state.kind != TP_STATE_SCALAR; }) ||
         std::any_of(model.functions, model.functions + model.function_count,
                     [](const tp_function_descriptor& function) { return function.sampled != 0; });
}

Settings resolve_settings(const tp_model_descriptor& model, const tp_options* options, bool sampled) {
  Settings settings = choose_settings(model, options, sampled);
  require_memory(state_bytes(model, settings));
  return settings;
}

Settings choose_settings(const tp_model_descriptor& model, const tp_options* given, bool sampled) {
  tp_options options;
  tp_default_options(&options);
  if (given != nullptr) {
    // A host that knows the options without the last ones leaves these as they are.
    constexpr std::size_t fewest = offsetof(tp_options, nodes);
    if (given->size < fewest || given->size > sizeof options) {
      fail(TP_ABI_MISMATCH, "tp_options.size is not that of this runtime; call tp_default_options first");
    }
    std::memcpy(&options, given, given->size);
    options.size = sizeof options;
  }
  require_rotations_named(model, options);
  Settings settings;
  // A host in C may have put any number there; C++ may not read it as the enumeration before it is checked.
  std::uint32_t method = 0;
  static_assert(sizeof method == sizeof options.method);
  std::memcpy(&method, &options.method, sizeof method);
  require(method <= TP_METHOD_EXACT, "unknown evaluation method");
  settings.method = static_cast<tp_method>(method);
  settings.seed = options.seed;
  settings.threads = options.threads;
  require(options.threads <= most_threads, "more than 4096 threads");
  require(!std::isnan(options.tolerance) && options.tolerance < 1.0, "the tolerance must be below 1");
  settings.tolerance = has_noise(model) ? 1.0 : std::max(options.tolerance, -1.0);
  if (!sampled) {
    settings.method = TP_METHOD_MC;  // no set-up of Sobol points
    options.samples = 64;
    options.replicas = 1;
    options.rotation_count = 0;
  }
  for (std::uint32_t s = 0; s < model.state_count; ++s) {
    settings.rotations.push_back(rotation_of(model.states[s], options));
    if (is_gaussian_variable(model.states[s])) settings.base_dimensions += settings.rotations.back().rank;
  }
  resolve_samples(model, options, settings);
  if (settings.method == TP_METHOD_EXACT || settings.method == TP_METHOD_QUADRATURE) refuse_pairs(model);
  const bool deterministic = settings.method == TP_METHOD_QUADRATURE || settings.method == TP_METHOD_EXACT;
  settings.replicas = options.replicas == 0 ? (deterministic ? 1 : 12) : options.replicas;
  settings.first_replica = options.first_replica;
  require(settings.replicas <= most_replicas && settings.first_replica <= most_replicas - settings.replicas,
          "more than 65536 replicas");
  return settings;
}

double state_bytes(const tp_model_descriptor& model, const Settings& settings) {
  const auto samples = static_cast<double>(settings.samples);
  const double value = model.precision == TP_F32 ? 4.0 : 8.0;
  double bytes = 0.0;
  for (std::uint32_t s = 0; s < model.state_count; ++s) {
    if (model.states[s].kind == TP_STATE_RANDOM) bytes += static_cast<double>(model.states[s].rows) * value * samples;
    if (model.states[s].kind == TP_STATE_PAIR) bytes += 4.0 * samples * samples;
  }
  return bytes * static_cast<double>(settings.replicas);
}

}  // namespace tpc::runtime
