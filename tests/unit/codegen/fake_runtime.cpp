#include "tests/unit/codegen/fake_runtime.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace tpc::test {

std::vector<double> fake_condition(uint32_t matrix, bool transposed, const std::vector<double>& in, int64_t samples) {
  const int64_t shift = 7 + 3 * static_cast<int64_t>(matrix) + (transposed ? 11 : 0);
  std::vector<double> out(in.size());
  for (int64_t i = 0; i < static_cast<int64_t>(in.size()); ++i) {
    const int64_t row = i / samples * samples;
    out[static_cast<size_t>(i)] = (transposed ? 0.7 : 0.6) * in[static_cast<size_t>(row + (i - row + shift) % samples)];
  }
  return out;
}

std::vector<double> fake_apply_pair(const Contents& contents, uint32_t pair, bool transposed,
                                    const std::vector<double>& in) {
  const auto samples = static_cast<size_t>(contents.samples);
  const std::vector<float>& k = contents.pairs.at(pair);
  std::vector<double> out(in.size());
  for (size_t i = 0; i < in.size(); ++i) {
    const size_t row = i / samples, a = i % samples;
    for (size_t b = 0; b < samples; ++b) {
      out[i] += static_cast<double>(k[transposed ? b * samples + a : a * samples + b]) * in[row * samples + b] /
                static_cast<double>(samples);
    }
  }
  return out;
}

std::vector<double> fake_accumulated(const Contents& contents, uint32_t matrix, bool transposed,
                                     const std::vector<double>& in) {
  const int64_t samples = contents.samples;
  std::vector<double> out(in.size(), 0.0);
  auto found = contents.updates.find(matrix);
  if (found == contents.updates.end()) return out;
  for (const Appended& update : found->second) {
    const auto& meets = transposed ? update.left : update.right;
    const auto& gives = transposed ? update.right : update.left;
    for (int64_t row = 0; row < static_cast<int64_t>(in.size()) / samples; ++row) {
      for (int64_t i = 0; i < update.rows; ++i) {
        double product = 0.0;
        for (int64_t s = 0; s < samples; ++s) {
          product += contents.weights[static_cast<size_t>(s)] * meets[static_cast<size_t>(i * samples + s)] *
                     in[static_cast<size_t>(row * samples + s)];
        }
        for (int64_t s = 0; s < samples; ++s) {
          out[static_cast<size_t>(row * samples + s)] +=
              update.coefficient * product * gives[static_cast<size_t>(i * samples + s)];
        }
      }
    }
  }
  return out;
}

void fake_combine(const Contents& before, Contents& after, std::set<uint32_t>& combined, uint32_t matrix,
                  uint32_t source, double coefficient) {
  auto updates_of = [&](uint32_t state) {
    auto found = before.updates.find(state);
    return found == before.updates.end() ? std::vector<Appended>{} : found->second;
  };
  auto& updates = after.updates[matrix];
  if (combined.insert(matrix).second) {
    updates.erase(updates.begin(), updates.begin() + static_cast<std::ptrdiff_t>(updates_of(matrix).size()));
  }
  for (Appended update : updates_of(source)) {
    update.coefficient *= coefficient;
    updates.push_back(std::move(update));
  }
}

}  // namespace tpc::test

using tpc::test::Contents;

RecordedCall recorded_call;

tp_context::tp_context(const Contents& initial, tp_precision model_precision, int64_t samples_a_block)
    : contents(initial), before(initial), precision(model_precision), block(samples_a_block) {}

std::vector<double> tp_context::read(const void* from, int64_t count) const {
  std::vector<double> values(static_cast<size_t>(count));
  if (precision == TP_F64) {
    std::memcpy(values.data(), from, values.size() * sizeof(double));
  } else {
    std::copy_n(static_cast<const float*>(from), values.size(), values.begin());
  }
  return values;
}

void tp_context::write(void* to, const std::vector<double>& values) const {
  if (precision == TP_F64) {
    std::memcpy(to, values.data(), values.size() * sizeof(double));
  } else {
    std::transform(values.begin(), values.end(), static_cast<float*>(to),
                   [](double x) { return static_cast<float>(x); });
  }
}

const void* tp_context::stored(std::vector<std::byte>& place, const std::vector<double>& values) const {
  if (place.empty()) {
    place.resize(values.size() * element_bytes());
    write(place.data(), values);
  }
  return place.data();
}

void tp_context::make_changes() {
  for (const Change& change : changes) {
    for (int64_t begin = 0; begin < contents.samples; begin += block) {
      change.kernel(change.arguments.data(), begin, std::min(begin + block, contents.samples), nullptr);
    }
  }
  if (changes.empty()) return;
  for (const auto& [state, samples] : random_states) {
    auto& values = contents.random.at(state);
    if (!written.contains(state)) values = read(samples.data(), static_cast<int64_t>(values.size()));
  }
}

namespace {
/// Input and output of a call must not share memory.
bool overlap(const tp_context* c, const void* in, int64_t in_rows, const void* out, int64_t out_rows) {
  const auto row = static_cast<size_t>(c->contents.samples) * c->element_bytes();
  const auto* a = static_cast<const std::byte*>(in);
  const auto* b = static_cast<const std::byte*>(out);
  return a < b + row * static_cast<size_t>(out_rows) && b < a + row * static_cast<size_t>(in_rows);
}
}  // namespace

extern "C" {

int64_t tp_rt_sample_count(tp_context* c) { return c->contents.samples; }

void* tp_rt_samples(tp_context* c, uint32_t slot, int64_t rows) {
  if (c->out_of_memory) return nullptr;
  auto& place = c->sample_slots[slot];
  place.assign(static_cast<size_t>(rows * c->contents.samples) * c->element_bytes(), std::byte{0xff});  // nan
  return place.data();
}

double* tp_rt_scalars(tp_context* c, uint32_t slot, int64_t count) {
  c->number_slots[slot].assign(static_cast<size_t>(count), std::nan(""));
  return c->number_slots[slot].data();
}

const void* tp_rt_state_samples(tp_context* c, uint32_t state) {
  return c->stored(c->random_states[state], c->contents.random.at(state));
}
const double* tp_rt_state_scalars(tp_context* c, uint32_t state) { return c->contents.numbers.at(state).data(); }
const void* tp_rt_weights(tp_context* c) { return c->stored(c->weights, c->contents.weights); }
const void* tp_rt_unit(tp_context* c) {
  return c->stored(c->unit, std::vector<double>(static_cast<size_t>(c->contents.samples), 1.0));
}

const void* tp_rt_zero(tp_context* c) {
  return c->stored(c->zero, std::vector<double>(static_cast<size_t>(c->contents.samples), 0.0));
}

int32_t tp_rt_for_samples(tp_context* c, tp_kernel kernel, const void* arguments, double* partials, int64_t count,
                          int64_t /*least_block*/) {
  ++c->kernel_runs;
  std::vector<double> sums(static_cast<size_t>(count), 0.0);
  for (int64_t begin = 0; begin < c->contents.samples; begin += c->block) {
    std::vector<double> block_sums(static_cast<size_t>(count), 0.0);
    kernel(arguments, begin, std::min(begin + c->block, c->contents.samples), block_sums.data());
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += block_sums[i];
  }
  std::copy(sums.begin(), sums.end(), partials);
  return TP_OK;
}

int32_t tp_rt_contract(tp_context* c, void* out, int64_t out_rows, const double* coefficients, int64_t row_stride,
                       int64_t column_stride, const void* in, int64_t in_rows) {
  if (overlap(c, in, in_rows, out, out_rows)) return TP_INTERNAL;
  const int64_t samples = c->contents.samples;
  const auto values = c->read(in, in_rows * samples);
  std::vector<double> result(static_cast<size_t>(out_rows * samples), 0.0);
  for (int64_t i = 0; i < out_rows; ++i) {
    for (int64_t j = 0; j < in_rows; ++j) {
      for (int64_t s = 0; s < samples; ++s) {
        result[static_cast<size_t>(i * samples + s)] +=
            coefficients[i * row_stride + j * column_stride] * values[static_cast<size_t>(j * samples + s)];
      }
    }
  }
  c->write(out, result);
  return TP_OK;
}

int32_t tp_rt_expect(tp_context* c, double* out, const void* lhs, int64_t lhs_rows, const void* rhs, int64_t rhs_rows) {
  const int64_t samples = c->contents.samples;
  const auto a = c->read(lhs, lhs_rows * samples);
  const auto b = c->read(rhs, rhs_rows * samples);
  for (int64_t i = 0; i < lhs_rows; ++i) {
    for (int64_t j = 0; j < rhs_rows; ++j) {
      double sum = 0.0;
      for (int64_t s = 0; s < samples; ++s) {
        sum += c->contents.weights[static_cast<size_t>(s)] * a[static_cast<size_t>(i * samples + s)] *
               b[static_cast<size_t>(j * samples + s)];
      }
      out[i * rhs_rows + j] = sum;
    }
  }
  return TP_OK;
}

int32_t tp_rt_condition(tp_context* c, uint32_t matrix, int32_t transposed, uint32_t /*size_class*/, const void* in,
                        int64_t rows, void* out) {
  if (overlap(c, in, rows, out, rows)) return TP_INTERNAL;
  const auto x = c->read(in, rows * c->contents.samples);
  c->write(out, tpc::test::fake_condition(matrix, transposed != 0, x, c->contents.samples));
  return TP_OK;
}

int32_t tp_rt_accumulated(tp_context* c, uint32_t matrix, int32_t transposed, const void* in, int64_t rows, void* out) {
  if (overlap(c, in, rows, out, rows)) return TP_INTERNAL;
  const auto x = c->read(in, rows * c->contents.samples);
  c->write(out, tpc::test::fake_accumulated(c->contents, matrix, transposed != 0, x));
  return TP_OK;
}

int32_t tp_rt_apply_pair(tp_context* c, uint32_t pair, int32_t transposed, const void* in, int64_t rows, void* out) {
  if (overlap(c, in, rows, out, rows)) return TP_INTERNAL;
  const auto x = c->read(in, rows * c->contents.samples);
  c->write(out, tpc::test::fake_apply_pair(c->before, pair, transposed != 0, x));
  return TP_OK;
}

int32_t tp_rt_pairs(tp_context* c, tp_pair_kernel kernel, const void* const* left, const void* const* right,
                    const int64_t* rows, int64_t products, const uint32_t* states, int64_t state_count,
                    const double* numbers, int64_t) {
  const auto samples = static_cast<size_t>(c->contents.samples);
  std::vector<std::vector<float>> made;
  for (int64_t p = 0; p < products; ++p) {
    const auto u = c->read(left[p], rows[p] * c->contents.samples),
               x = c->read(right[p], rows[p] * c->contents.samples);
    auto& product = made.emplace_back(samples * samples);
    for (size_t i = 0; i < static_cast<size_t>(rows[p]); ++i) {
      for (size_t pair = 0; pair < product.size(); ++pair) {
        product[pair] += static_cast<float>(u[i * samples + pair / samples] * x[i * samples + pair % samples]);
      }
    }
  }
  std::vector<float*> arrays;
  for (auto& product : made) arrays.push_back(product.data());
  for (int64_t s = 0; s < state_count; ++s) arrays.push_back(c->contents.pairs.at(states[s]).data());
  kernel(arrays.data(), numbers, static_cast<int64_t>(samples * samples));
  return TP_OK;
}

int32_t tp_rt_append(tp_context* c, uint32_t matrix, double coefficient, const void* left, const void* right,
                     int64_t rows) {
  const int64_t count = rows * c->contents.samples;
  c->contents.updates[matrix].push_back({coefficient, c->read(left, count), c->read(right, count), rows});
  return TP_OK;
}

int32_t tp_rt_combine(tp_context* c, uint32_t matrix, uint32_t source, double coefficient) {
  tpc::test::fake_combine(c->before, c->contents, c->combined, matrix, source, coefficient);
  return TP_OK;
}

int32_t tp_rt_write_samples(tp_context* c, uint32_t state, const void* value) {
  auto& contents = c->contents.random.at(state);
  contents = c->read(value, static_cast<int64_t>(contents.size()));
  c->written.insert(state);
  auto& old = c->random_states[state];  // replaced in place: a later read of the old value would show
  if (!old.empty() && c->changes.empty()) c->write(old.data(), contents);
  return TP_OK;
}
int32_t tp_rt_write_scalars(tp_context* c, uint32_t state, const double* value) {
  auto& contents = c->contents.numbers.at(state);
  std::copy_n(value, contents.size(), contents.begin());
  return TP_OK;
}

int32_t tp_rt_when_successful(tp_context* c, tp_kernel kernel, const void* arguments, int64_t count) {
  const auto* slots = static_cast<const uint64_t*>(arguments);
  c->changes.push_back({kernel, {slots, slots + count}});
  return TP_OK;
}
int32_t tp_rt_add_numbers(tp_context* c, uint32_t state, const double* places, const double* values, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    if (places[i] >= 0.0) c->contents.numbers.at(state).at(static_cast<size_t>(places[i])) += values[i];
  }
  return TP_OK;
}
int32_t tp_rt_check_indices(tp_context*, const double* indices, int64_t count, int64_t size) {
  const bool fine = std::all_of(indices, indices + count, [&](double index) {
    return index >= -1.0 && index < static_cast<double>(size) && index == std::floor(index);
  });
  return fine ? TP_OK : TP_INVALID_ARGUMENT;
}
int32_t tp_rt_first_occurrence(tp_context*, const double* indices, int64_t count, const double* const* others,
                               const int64_t* other_counts, int64_t lists, double* out) {
  std::set<double> seen = {-1.0};
  for (int64_t i = 0; i < lists; ++i) seen.insert(others[i], others[i] + other_counts[i]);
  for (int64_t i = 0; i < count; ++i) out[i] = seen.insert(indices[i]).second ? 1.0 : 0.0;
  return TP_OK;
}

int32_t tp_rt_one_hot(tp_context*, const double* labels, int64_t examples, int64_t classes, double* out) {
  for (int64_t i = 0; i < examples; ++i) {
    const auto label = static_cast<int64_t>(labels[i]);
    if (label < 0 || label >= classes || static_cast<double>(label) != labels[i]) return TP_INVALID_ARGUMENT;
    for (int64_t j = 0; j < classes; ++j) out[i * classes + j] = j == label ? 1.0 : 0.0;
  }
  return TP_OK;
}

int32_t tp_rt_matrix_product(tp_context* c, double* out, int64_t rows, int64_t columns, int64_t inner,
                             const double* lhs, int32_t lhs_transposed, const double* rhs, int32_t rhs_transposed) {
  ++c->matrix_products;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      out[i * columns + j] = 0.0;
      for (int64_t k = 0; k < inner; ++k) {
        out[i * columns + j] +=
            lhs[lhs_transposed ? k * rows + i : i * inner + k] * rhs[rhs_transposed ? j * inner + k : k * columns + j];
      }
    }
  }
  return TP_OK;
}

int32_t tp_rt_area(tp_context*, double* out, int64_t slices, int64_t rows, int64_t columns, int64_t inner,
                   const double* lhs, const double* rhs, const double* products) {
  for (int64_t s = 0; s < slices; ++s) {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        double left = 0.0, residual = 0.0;
        const double *x = lhs + (s * rows + i) * inner, *y = rhs + (s * columns + j) * inner;
        for (int64_t k = 0; k < inner; ++k) left += x[k] * x[k];
        const int64_t place = (s * rows + i) * columns + j;
        for (int64_t k = 0; k < inner; ++k) residual += std::pow(y[k] - products[place] / left * x[k], 2);
        out[place] = left == 0.0 ? 0.0 : std::sqrt(left * residual);
      }
    }
  }
  return TP_OK;
}

int32_t tp_rt_normal_rule(tp_context*, int64_t count, int32_t weights, double* out) {
  constexpr double farthest = 8.5;
  const auto nodes = static_cast<double>(count);
  for (int64_t q = 0; q < count; ++q) {
    const double x = farthest * static_cast<double>(2 * q + 1 - count) / nodes;
    out[q] = weights ? 2 * farthest / nodes * std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi) : x;
  }
  return TP_OK;
}

int32_t tp_rt_log_sum_exp(tp_context*, const double* values, int64_t rows, int64_t columns, double* out) {
  for (int64_t i = 0; i < rows; ++i) {
    double sum = 0.0;
    for (int64_t j = 0; j < columns; ++j) sum += std::exp(values[i * columns + j]);
    out[i] = std::log(sum);
  }
  return TP_OK;
}

int32_t tp_rt_softmax(tp_context*, const double* values, int64_t rows, int64_t columns, double* out) {
  for (int64_t i = 0; i < rows; ++i) {
    double sum = 0.0;
    for (int64_t j = 0; j < columns; ++j) sum += std::exp(values[i * columns + j]);
    for (int64_t j = 0; j < columns; ++j) out[i * columns + j] = std::exp(values[i * columns + j]) / sum;
  }
  return TP_OK;
}

namespace {
int32_t record(const void* state, const double* const* fields, void* first, void* second) {
  recorded_call.state = state;
  recorded_call.fields.assign(fields, fields + recorded_call.model->field_count);
  recorded_call.first_output = first;
  recorded_call.second_output = second;
  return TP_CAPACITY;  // any status: it has to come back
}
tp_state* some_state() { return reinterpret_cast<tp_state*>(&recorded_call); }
}  // namespace

int32_t tp_create(const tp_model_descriptor* model, const tp_options* options, tp_state** state) {
  recorded_call = {};
  recorded_call.model = model;
  *state = options ? some_state() : nullptr;
  return options ? TP_OK : TP_OUT_OF_MEMORY;
}
void tp_destroy(tp_state* state) { recorded_call.state = state; }
int32_t tp_step(tp_state* state, const double* const* fields, const int64_t* extents, double* loss) {
  recorded_call.extents.assign(extents, extents + recorded_call.model->extent_count);
  return record(state, fields, loss, nullptr);
}
int32_t tp_predict(const tp_state* state, const double* const* fields, const int64_t* extents, double* f,
                   double* error) {
  recorded_call.extents.assign(extents, extents + recorded_call.model->extent_count);
  return record(state, fields, f, error);
}
int32_t tp_observe(const tp_state* state, uint32_t index, const double* const* fields, const int64_t* extents,
                   double* value, double* error) {
  recorded_call.function = index;
  recorded_call.extents.assign(extents, extents + recorded_call.model->extent_count);
  return record(state, fields, value, error);
}
int32_t tp_learning_rate(const tp_state* state, double* rate) {
  recorded_call.state = state;
  recorded_call.first_output = rate;
  return TP_CAPACITY;
}
int32_t tp_set_learning_rate(tp_state* state, double rate) {
  recorded_call.state = state;
  recorded_call.rate = rate;
  return TP_CAPACITY;
}
int32_t tp_evaluate_pairs(const tp_model_descriptor* model, const tp_options* options, uint32_t function,
                          const tp_pairs* pairs, double* const* mean, double* const*, double* const*) {
  if (options != nullptr || pairs->size != sizeof(tp_pairs) || pairs->block != 0 || pairs->progress != nullptr ||
      pairs->extents != nullptr) {
    return TP_INVALID_ARGUMENT;
  }
  recorded_call = {};
  recorded_call.model = model;
  recorded_call.function = function;
  recorded_call.batch = pairs->count;
  recorded_call.other_batch = pairs->other_count;
  for (size_t i = 0; i < model->field_count; ++i) recorded_call.other_fields.push_back(pairs->other_fields[i]);
  return record(nullptr, pairs->fields, mean[0], mean[1]);
}
int32_t tp_save(const tp_state* state, const char*) {
  recorded_call.state = state;
  return TP_FILE;
}
int32_t tp_load(const tp_model_descriptor* model, const char*, tp_state** state) {
  recorded_call.model = model;
  *state = some_state();
  return TP_OK;
}

}  // extern "C"
