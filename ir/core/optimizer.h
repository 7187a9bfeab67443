/// \file The settings of optimizers, as the language states them and the optimizer passes read them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace tpc::ir {

enum class ScheduleKind { constant, linear, cosine, steps };

/// A schedule's length as long as the number of steps is not known: it depends on how many examples there are.
inline constexpr int64_t whole_training = 0;

/// The learning rate eta_t of step t = 0, 1, 2, ...; with p = min(t / length, 1):
/// constant: first; linear: first + (last - first) p; cosine: last + (first - last) (1 + cos(pi p)) / 2;
/// steps: first * factor^{floor(t / every)}.
struct Schedule {
  ScheduleKind kind = ScheduleKind::constant;
  double first = 0.0;
  double last = 0.0;
  int64_t length = 1;
  double factor = 1.0;
  int64_t every = 1;
};

/// What every optimizer has. g, the gradient, is the mean of the gradients of a batch's examples, or with
/// `adds_gradients` their sum. `clip`: before anything else, all gradients together are scaled down to this Euclidean
/// norm if theirs is larger.
struct DescentSettings {
  Schedule learning_rate;
  std::optional<double> clip;
  bool adds_gradients = false;
  bool rate_is_settable = false;  ///< eta_t is multiplied by a number that a host of the compiled code may set
};

/// v <- momentum v + (g + weight_decay w), w <- w - eta_t n^{-c} v, on the trained weights w (grammar/README.md).
/// `lazy`: of a parameter that is used by rows alone, those that do not occur in a batch rest: neither decay nor
/// momentum moves them. `ordered`: the name of a parameter whose rows are trained one after the other within a step
/// (passes/update/row_order.h); rows of all parameters are then decayed once for every time they occur. Empty: none;
/// with it neither momentum nor clipping.
struct SgdSettings : DescentSettings {
  double momentum = 0.0;
  double weight_decay = 0.0;
  bool lazy = false;
  std::string ordered = {};

  /// Plain descent with one learning rate.
  static SgdSettings constant(double learning_rate) {
    SgdSettings settings;
    settings.learning_rate.first = learning_rate;
    return settings;
  }
};

enum class EntrywiseRule {
#define TPC_ENTRYWISE(name, ...) name,
#include "ir/core/optimizers.def"
};
inline constexpr std::array entrywise_rules = {
#define TPC_ENTRYWISE(name, ...) EntrywiseRule::name,
#include "ir/core/optimizers.def"
};

enum class DecayKind { coupled, decoupled };

/// As the language writes them, and what weight decay is to them (optimizers.def).
std::string_view name_of(EntrywiseRule rule);
DecayKind decay_of(EntrywiseRule rule);

/// w <- (1 - eta_t decoupled_decay) w - eta_t n^{-c} Q_t, entry by entry a function of the history of scaled gradients
/// G_t = n^d (g_t + n^{-l} coupled_decay w_t) (Yang and Littwin 2023, definition 2.2.1), with l = 0, or with
/// `scaled_decay` so that decay counts as much as gradients do at every width; states starting at 0:
///   adam, adamw:
///             m <- beta1 m + (1 - beta1) G,  v <- beta2 v + (1 - beta2) G^2,
///             Q = (m / (1 - beta1^{t+1})) / (sqrt(v / (1 - beta2^{t+1})) + eps)
///   signsgd:  m <- momentum m + G,  Q = sign(m)
///   rmsprop:  v <- beta2 v + (1 - beta2) G^2,  m <- momentum m + G / (sqrt(v) + eps),  Q = m
///   adagrad:  v <- v + G^2,  m <- momentum m + G / (sqrt(v) + eps),  Q = m
///   lion:     Q = sign(beta1 m + (1 - beta1) G),  m <- beta2 m + (1 - beta2) G
struct EntrywiseSettings : DescentSettings {
  EntrywiseRule rule = EntrywiseRule::adam;
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8, momentum = 0.0;
  double coupled_decay = 0.0, decoupled_decay = 0.0;
  bool scaled_decay = false;
};

/// Whether a schedule lasts for the whole training, the length of which is not known yet.
inline bool has_open_length(const DescentSettings& settings) { return settings.learning_rate.length == whole_training; }
inline void set_open_length(DescentSettings& settings, int64_t steps) {
  if (has_open_length(settings)) settings.learning_rate.length = steps;
}

/// One alternative for each optimizer of the language; who looks inside visits them all.
using OptimizerSettings = std::variant<SgdSettings, EntrywiseSettings>;

/// As the language writes it (optimizers.def).
std::string_view name_of(const OptimizerSettings& settings);

/// What all of them have.
inline const DescentSettings& descent(const OptimizerSettings& settings) {
  return std::visit([](const auto& each) -> const DescentSettings& { return each; }, settings);
}
inline DescentSettings& descent(OptimizerSettings& settings) {
  return std::visit([](auto& each) -> DescentSettings& { return each; }, settings);
}

}  // namespace tpc::ir
