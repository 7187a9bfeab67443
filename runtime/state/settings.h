/// \file What tp_options mean for one model: defaults filled in, sizes rounded, absurd requests refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/algebra/sample_space.h"
#include "runtime/points/node_set.h"
#include "tpc/runtime.h"

namespace tpc::runtime {

inline constexpr std::size_t most_samples = std::size_t{1} << 26;
inline constexpr std::size_t most_replicas = std::size_t{1} << 16;
inline constexpr std::size_t most_threads = 4096;

struct Rotation {
  std::size_t rank = 0;        ///< base variables of the state
  std::vector<double> matrix;  ///< [rows, rank]; empty: the identity
};

struct Settings {
  tp_method method = TP_METHOD_QMC;
  std::size_t samples = 0;  ///< M
  std::size_t replicas = 0;
  std::size_t first_replica = 0;  ///< the number of the first one
  std::uint64_t seed = 0;
  double tolerance = -1.0;          ///< negative: automatic; 1: no directions are stored
  std::size_t threads = 0;          ///< 0: all
  std::size_t base_dimensions = 0;  ///< Gaussians of the initial state
  std::vector<double> weights;      ///< quadrature: of the points, [samples]
  // To draw the initial state with:
  std::vector<Rotation> rotations;       ///< one a state, empty ones included; in files only with a journal
  std::shared_ptr<const NodeSet> nodes;  ///< quadrature; never in files

  [[nodiscard]] SampleSpace sample_space() const;
};

/// Throws TP_ABI_MISMATCH or TP_INVALID_ARGUMENT if the descriptor is not one this runtime can run.
void check_model(const tp_model_descriptor* model);

/// Its rows are base variables.
bool is_gaussian_variable(const tp_state_descriptor& state);

/// Whether some state is noise: expectations with it are random numbers.
bool has_noise(const tp_model_descriptor& model);

/// Whether some state or function of the model has random variables.
bool is_sampled(const tp_model_descriptor& model);

/// `sampled`: whether random variables are worked with; without them the smallest sample space and one replica serve,
/// whatever the options. Throws TP_INVALID_ARGUMENT, TP_CAPACITY, or std::bad_alloc if the state would not fit this
/// machine's memory.
Settings resolve_settings(const tp_model_descriptor& model, const tp_options* options, bool sampled);
/// The same without regard to memory.
Settings choose_settings(const tp_model_descriptor& model, const tp_options* options, bool sampled);

/// What the initial state takes in every replica together, without matrices and working memory.
double state_bytes(const tp_model_descriptor& model, const Settings& settings);

}  // namespace tpc::runtime
