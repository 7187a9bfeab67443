/// \file The settings of optimizers, as the language states them and the optimizer passes read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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

/// v <- momentum v + (g + weight_decay w), w <- w - eta_t n^{-c} v, on the trained weights w (grammar/README.md).
/// g is the mean of the gradients of a batch's examples, or with `adds_gradients` their sum. `clip`: before that, all
/// gradients together are scaled down to this Euclidean norm if theirs is larger. `lazy`: of a parameter that is used
/// by rows alone, those that do not occur in a batch rest: neither decay nor momentum moves them. `ordered`: the name
/// of a parameter whose rows are trained one after the other within a step (passes/update/row_order.h); rows of all
/// parameters are then decayed once for every time they occur. Empty: none; with it neither momentum nor clipping.
struct SgdSettings {
  Schedule learning_rate;
  double momentum = 0.0;
  double weight_decay = 0.0;
  std::optional<double> clip;
  bool adds_gradients = false;
  bool lazy = false;
  std::string ordered = {};

  /// Plain descent with one learning rate.
  static SgdSettings constant(double learning_rate) {
    SgdSettings settings;
    settings.learning_rate.first = learning_rate;
    return settings;
  }
};

/// Whether a schedule lasts for the whole training, the length of which is not known yet.
inline bool has_open_length(const SgdSettings& settings) { return settings.learning_rate.length == whole_training; }
inline void set_open_length(SgdSettings& settings, int64_t steps) {
  if (has_open_length(settings)) settings.learning_rate.length = steps;
}

/// One alternative for each optimizer of the language; who looks inside visits them all.
using OptimizerSettings = std::variant<SgdSettings>;

}  // namespace tpc::ir
