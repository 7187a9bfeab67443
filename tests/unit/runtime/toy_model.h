/// \file A compiled model written by hand: the limit of an MLP at maximal update (math.md 5a) with `matrices` hidden
/// n x n weights, by the functions that generated code calls. The tests' stand-in for the code generator.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "tpc/runtime.h"

namespace toy {

enum class Activation { linear, tanh };
/// separate: a weight of its own in every layer; tied: layers use W and its transpose in turn.
enum class Weights { separate, tied };
enum class Loss { mse, cross_entropy };

struct Shape {
  int inputs, outputs, matrices;
  Activation activation;
  Weights weights = Weights::separate;
  double deviation = 1.0;  ///< of the n x n weights
  double learning_rate = 0.5;
  Loss loss = Loss::mse;
};

/// A function's status, as generated code passes it on.
#define TOY_TRY(call)                                      \
  do {                                                     \
    if (const std::int32_t status = (call)) return status; \
  } while (false)

/// The shape is taken by reference: Clang 19 reads the doubles of a template argument of class type from the wrong
/// member.
template <const Shape& shape, class Real>
class Model {
 public:
  static const tp_model_descriptor* descriptor() {
    static const Model model;
    return &model.descriptor_;
  }

 private:
  struct Arrays {
    const Real* in;
    const Real* slope_of;  ///< null: apply the nonlinearity; else multiply `in` by its slope there
    Real* out;
    std::int64_t rows, samples;
  };
  static constexpr int matrix_states = shape.weights == Weights::tied ? 1 : shape.matrices;
  static std::uint32_t matrix_state(int layer) {
    return static_cast<std::uint32_t>(2 + (shape.weights == Weights::tied ? 0 : layer));
  }
  static bool is_transposed(int layer) { return shape.weights == Weights::tied && layer % 2 == 1; }

  static void map(const void* arguments, std::int64_t begin, std::int64_t end, double*) {
    const Arrays& a = *static_cast<const Arrays*>(arguments);
    for (std::int64_t i = 0; i < a.rows; ++i) {
      for (std::int64_t s = i * a.samples + begin; s < i * a.samples + end; ++s) {
        if constexpr (shape.activation == Activation::linear) {
          a.out[s] = a.in[s];
        } else {
          const Real value = std::tanh(a.slope_of == nullptr ? a.in[s] : a.slope_of[s]);
          a.out[s] = a.slope_of == nullptr ? value : a.in[s] * (1 - value * value);
        }
      }
    }
  }
  struct Sum {
    const Real *lhs, *rhs;
    Real* out;
    std::int64_t values, samples;
  };
  static void add(const void* arguments, std::int64_t begin, std::int64_t end, double*) {
    const Sum& a = *static_cast<const Sum*>(arguments);
    for (std::int64_t row = 0; row < a.values; ++row) {
      for (std::int64_t s = row * a.samples + begin; s < row * a.samples + end; ++s) a.out[s] = a.lhs[s] + a.rhs[s];
    }
  }

  static Real* slot(tp_context* context, int number, std::int64_t rows) {
    return static_cast<Real*>(tp_rt_samples(context, static_cast<std::uint32_t>(number), rows));
  }
  static std::int32_t run_map(tp_context* context, const Real* in, const Real* slope_of, Real* out, std::int64_t rows) {
    const Arrays arrays{in, slope_of, out, rows, tp_rt_sample_count(context)};
    return tp_rt_for_samples(context, map, &arrays, nullptr, 0, 512);
  }
  static std::int32_t run_add(tp_context* context, const Real* lhs, const Real* rhs, Real* out, std::int64_t rows) {
    const Sum sum{lhs, rhs, out, rows, tp_rt_sample_count(context)};
    return tp_rt_for_samples(context, add, &sum, nullptr, 0, 512);
  }
  /// (initial part + accumulated updates of the layer's weight) x.
  static std::int32_t multiply(tp_context* context, int layer, bool transposed, const Real* x, std::int64_t rows,
                               Real* scratch, Real* out) {
    const std::uint32_t size_class = transposed ? 1 : 0;  // gradients, activations
    transposed = transposed != is_transposed(layer);
    TOY_TRY(tp_rt_condition(context, matrix_state(layer), transposed, size_class, x, rows, out));
    TOY_TRY(tp_rt_accumulated(context, matrix_state(layer), transposed, x, rows, scratch));
    return run_add(context, out, scratch, out, rows);
  }

  /// Slots: 0 scratch; 2 + 2l preactivations, 3 + 2l features of layer l = 0..matrices.
  static std::int32_t forward(tp_context* context, const double* x, std::int64_t batch, double* f) {
    for (int layer = 0; layer <= shape.matrices; ++layer) {
      Real* h = slot(context, 2 + 2 * layer, batch);
      if (layer == 0) {
        TOY_TRY(tp_rt_contract(context, h, batch, x, shape.inputs, 1, tp_rt_state_samples(context, 0), shape.inputs));
      } else {
        TOY_TRY(multiply(context, layer - 1, false, slot(context, 1 + 2 * layer, batch), batch, slot(context, 0, batch),
                         h));
      }
      TOY_TRY(run_map(context, h, nullptr, slot(context, 3 + 2 * layer, batch), batch));
    }
    return tp_rt_expect(context, f, slot(context, 3 + 2 * shape.matrices, batch), batch,
                        tp_rt_state_samples(context, 1), shape.outputs);
  }

  static std::int32_t predict(tp_context* context, const double* const* fields, const std::int64_t* extents,
                              double* const* results) {
    return forward(context, fields[0], *extents, results[0]);
  }

  /// Of every example, and its derivative χ by f.
  static std::int32_t loss(tp_context* context, const double* f, const double* y, std::int64_t batch, double* losses,
                           double* chi) {
    constexpr std::int64_t outputs = shape.outputs;
    if constexpr (shape.loss == Loss::cross_entropy) {
      TOY_TRY(tp_rt_log_sum_exp(context, f, batch, outputs, losses));
      TOY_TRY(tp_rt_softmax(context, f, batch, outputs, chi));
    }
    for (std::int64_t i = 0; i < batch; ++i, f += outputs, y += outputs, chi += outputs) {
      constexpr bool squared = shape.loss == Loss::mse;
      const double normalizer = squared ? 0.0 : losses[i];
      double total = 0.0;
      for (int o = 0; o < outputs; ++o) total += y[o];
      losses[i] = 0.0;
      for (int o = 0; o < outputs; ++o) {
        chi[o] = squared ? f[o] - y[o] : total * chi[o] - y[o];
        losses[i] += squared ? 0.5 * chi[o] * chi[o] : y[o] * (normalizer - f[o]);
      }
    }
    return TP_OK;
  }

  static std::int32_t step(tp_context* context, const double* const* fields, const std::int64_t* extents,
                           double* const* results) {
    const std::int64_t batch = *extents;
    double* f = tp_rt_scalars(context, 0, batch * shape.outputs);
    double* chi = tp_rt_scalars(context, 1, batch * shape.outputs);
    double* losses = tp_rt_scalars(context, 2, batch);
    TOY_TRY(forward(context, fields[0], batch, f));
    TOY_TRY(loss(context, f, fields[1], batch, losses, chi));
    results[0][0] = 0.0;
    for (std::int64_t i = 0; i < batch; ++i) results[0][0] += losses[i] / static_cast<double>(batch);
    const double rate = -shape.learning_rate / static_cast<double>(batch);

    // Backward: dx in slot 40, dh of layer l in slot 41 + l.
    Real* dx = slot(context, 40, batch);
    TOY_TRY(tp_rt_contract(context, dx, batch, chi, shape.outputs, 1, tp_rt_state_samples(context, 1), shape.outputs));
    for (int layer = shape.matrices; layer >= 0; --layer) {
      Real* dh = slot(context, 41 + layer, batch);
      TOY_TRY(run_map(context, dx, slot(context, 2 + 2 * layer, batch), dh, batch));
      if (layer == 0) break;
      TOY_TRY(multiply(context, layer - 1, true, dh, batch, slot(context, 0, batch), dx));
    }
    for (int layer = 0; layer < shape.matrices; ++layer) {
      const Real* left = slot(context, 42 + layer, batch);
      const Real* right = slot(context, 3 + 2 * layer, batch);
      if (is_transposed(layer)) std::swap(left, right);
      TOY_TRY(tp_rt_append(context, matrix_state(layer), rate, left, right, batch));
    }
    TOY_TRY(update(context, 0, fields[0], 1, shape.inputs, shape.inputs, slot(context, 41, batch), batch, rate, 60));
    return update(context, 1, chi, 1, shape.outputs, shape.outputs, slot(context, 3 + 2 * shape.matrices, batch), batch,
                  rate, 62);
  }

  /// state_j += rate sum_i coefficient_ij value_i.
  static std::int32_t update(tp_context* context, std::uint32_t state, const double* coefficients,
                             std::int64_t row_stride, std::int64_t column_stride, int rows, const Real* value,
                             std::int64_t batch, double rate, int first_slot) {
    double* scaled = tp_rt_scalars(context, static_cast<std::uint32_t>(first_slot), batch * rows);
    for (std::int64_t i = 0; i < batch * rows; ++i) scaled[i] = rate * coefficients[i];
    Real* change = slot(context, first_slot, rows);
    Real* next = slot(context, first_slot + 1, rows);
    TOY_TRY(tp_rt_contract(context, change, rows, scaled, row_stride, column_stride, value, batch));
    TOY_TRY(run_add(context, static_cast<const Real*>(tp_rt_state_samples(context, state)), change, next, rows));
    return tp_rt_write_samples(context, state, next);
  }

  Model() {
    states_ = {{"U", TP_STATE_RANDOM, TP_INIT_GAUSSIAN, 1.0, shape.inputs, 1, 0},
               {"v", TP_STATE_RANDOM, TP_INIT_GAUSSIAN, 1.0, shape.outputs, 0, 0}};
    for (int i = 0; i < matrix_states; ++i) {
      states_.push_back({"W", TP_STATE_MATRIX, TP_INIT_GAUSSIAN, shape.deviation, 1, 0, 0});
    }
    descriptor_ = {TP_ABI_VERSION,
                   sizeof(Real) == 4 ? TP_F32 : TP_F64,
                   "toy",
                   static_cast<std::uint32_t>(states_.size()),
                   2,
                   2,
                   1,
                   states_.data(),
                   fields_,
                   functions_,
                   &extent_,
                   static_cast<std::uint64_t>(shape.matrices * 100 + shape.inputs)};
  }

  std::vector<tp_state_descriptor> states_;
  std::uint32_t first_ = 0;          ///< the only extent, as a list
  std::uint32_t reads_[2] = {0, 1};  ///< `predict` the first one
  tp_extent_descriptor extent_ = {"B", 0, 0};
  tp_field_descriptor fields_[2] = {{"x", shape.inputs, &first_, 1, 0}, {"y", shape.outputs, &first_, 1, 0}};
  tp_result_descriptor loss_ = {"loss", 1, nullptr, 0, 0};
  tp_result_descriptor output_ = {"f", shape.outputs, &first_, 1, 0};
  tp_function_descriptor functions_[2] = {
      {"step", step, 1, 1, &loss_, 1, TP_FUNCTION_STEP, 0, 1, &first_, 0, 2, reads_, nullptr},
      {"predict", predict, 1, 0, &output_, 1, TP_FUNCTION_PREDICT, 0, 1, &first_, 1, 1, reads_, nullptr}};
  tp_model_descriptor descriptor_{};
};
#undef TOY_TRY

/// The three training points and two test points of all golden cases (golden/README.md).
inline constexpr double train_x[] = {1.0, 0.3, -0.4, 0.8, 0.2, -1.1};
inline constexpr double train_y[] = {1.0, -1.0, 0.5};
inline constexpr double train_classes[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
inline constexpr double test_x[] = {0.5, 0.5, -1.0, -0.2};

/// Owns a state for the length of a test.
struct State {
  State() = default;
  explicit State(const tp_model_descriptor* model, const tp_options& options) {
    status = tp_create(model, &options, &handle);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { tp_destroy(handle); }
  tp_state* handle = nullptr;
  std::int32_t status = TP_OK;
};

inline tp_options options(tp_method method, std::size_t samples, std::size_t replicas) {
  tp_options result;
  tp_default_options(&result);
  result.method = method;
  result.samples = samples;
  result.replicas = replicas;
  return result;
}

}  // namespace toy
