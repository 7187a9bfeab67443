/// \file A small stand-in for the runtime, so that generated code is tested alone: states are plain arrays, matrices
/// mix sample points in a fixed way, and everything a function asks for is checked.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "ir/limit/ir.h"
#include "tpc/runtime.h"

namespace tpc::test {

/// One `append`: coefficient * sum_i left_i (x) right_i, rows one after the other.
struct Appended {
  double coefficient = 0.0;
  std::vector<double> left, right;
  int64_t rows = 0;
};

/// The contents of a model at one moment, in double precision whatever the model's own is.
struct Contents {
  int64_t samples = 0;
  std::vector<double> weights;
  std::map<uint32_t, std::vector<double>> random;   ///< by state: [rows, samples]
  std::map<uint32_t, std::vector<double>> numbers;  ///< by state
  std::map<uint32_t, std::vector<float>> pairs;     ///< by state: [samples, samples]
  std::map<uint32_t, std::vector<Appended>> updates;
};

/// What the stand-in takes Z^{W x} to be: a fixed linear mixture of the samples of x, another one for W^T.
std::vector<double> fake_condition(uint32_t matrix, bool transposed, const std::vector<double>& in, int64_t samples);
/// The mean over b of K_ab x_b, or of K_ba x_b.
std::vector<double> fake_apply_pair(const Contents& contents, uint32_t pair, bool transposed,
                                    const std::vector<double>& in);
/// Accumulated updates applied to x with `weights` as the expectation.
std::vector<double> fake_accumulated(const Contents& contents, uint32_t matrix, bool transposed,
                                     const std::vector<double>& in);
/// One `combine`: what `before` holds for `source`, times the coefficient, becomes part of the updates of `matrix` in
/// `after`. `combined`: the matrices of earlier ones in this call; the first of a matrix drops what `before` had for
/// it.
void fake_combine(const Contents& before, Contents& after, std::set<uint32_t>& combined, uint32_t matrix,
                  uint32_t source, double coefficient);

}  // namespace tpc::test

/// The runtime's context: holds the contents in the model's precision.
struct tp_context {
  tp_context(const tpc::test::Contents& initial, tp_precision model_precision, int64_t samples_a_block);
  [[nodiscard]] size_t element_bytes() const { return precision == TP_F32 ? sizeof(float) : sizeof(double); }
  [[nodiscard]] std::vector<double> read(const void* from, int64_t count) const;
  void write(void* to, const std::vector<double>& values) const;
  const void* stored(std::vector<std::byte>& place, const std::vector<double>& values) const;
  /// What the function left to be done once it has succeeded, on the old values of states.
  void make_changes();

  tpc::test::Contents contents;  ///< after a call: the new values
  const tpc::test::Contents before;
  std::set<uint32_t> combined;
  tp_precision precision;
  int64_t block;
  std::map<uint32_t, std::vector<std::byte>> sample_slots, random_states;
  std::map<uint32_t, std::vector<double>> number_slots;
  std::vector<std::byte> weights, unit, zero;
  struct Change {
    tp_kernel kernel = nullptr;
    std::vector<uint64_t> arguments;
  };
  std::vector<Change> changes;
  std::set<uint32_t> written;
  int kernel_runs = 0, matrix_products = 0;
  bool out_of_memory = false;  ///< refuses sample slots from now on
};

/// What the model's C wrappers passed on, for tests of the wrappers.
struct RecordedCall {
  const tp_model_descriptor* model = nullptr;
  const void* state = nullptr;
  std::vector<const double*> fields, other_fields;
  std::vector<int64_t> extents;
  size_t batch = 0, other_batch = 0;  ///< of pairs
  uint32_t function = 0;
  double rate = 0.0;
  void *first_output = nullptr, *second_output = nullptr;
};
extern RecordedCall recorded_call;
