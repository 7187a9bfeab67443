// Section 2 of tpc/runtime.h: what compiled functions call. Everything is checked and done by the context.
#include "runtime/abi/indices.h"
#include "runtime/abi/softmax.h"
#include "runtime/abi/status_guard.h"
#include "runtime/algebra/gemm.h"
#include "runtime/algebra/parallelogram_area.h"
#include "runtime/matrix/pair_states.h"
#include "runtime/state/context.h"

namespace {

template <class Body>
std::int32_t context_call(tp_context* context, const Body& body) {
  return tpc::runtime::guarded(body, [&](const char* message) { context->error = message; });
}

template <class Pointer, class Body>
Pointer context_pointer(tp_context* context, const Body& body) {
  Pointer pointer = nullptr;
  context_call(context, [&] { pointer = body(); });
  return pointer;
}

std::size_t rows_of(std::int64_t rows) {
  tpc::runtime::require(rows >= 0, "a compiled function passes a negative number of rows");
  return static_cast<std::size_t>(rows);
}

}  // namespace

extern "C" {

int64_t tp_rt_sample_count(tp_context* context) { return context->sample_count(); }

void* tp_rt_samples(tp_context* context, uint32_t slot, int64_t rows) {
  return context_pointer<void*>(context, [&] { return context->samples(slot, rows); });
}

double* tp_rt_scalars(tp_context* context, uint32_t slot, int64_t count) {
  return context_pointer<double*>(context, [&] { return context->scalars(slot, count); });
}

const void* tp_rt_state_samples(tp_context* context, uint32_t state) {
  return context_pointer<const void*>(context, [&] { return context->state_samples(state); });
}

const double* tp_rt_state_scalars(tp_context* context, uint32_t state) {
  return context_pointer<const double*>(context, [&] { return context->state_scalars(state); });
}

const void* tp_rt_weights(tp_context* context) { return context->weights(); }

const void* tp_rt_unit(tp_context* context) { return context->unit(); }

const void* tp_rt_zero(tp_context* context) { return context->zero(); }

int32_t tp_rt_for_samples(tp_context* context, tp_kernel kernel, const void* arguments, double* partials, int64_t count,
                          int64_t least_block) {
  return context_call(context,
                      [&] { context->for_samples(kernel, arguments, partials, rows_of(count), rows_of(least_block)); });
}

int32_t tp_rt_contract(tp_context* context, void* out, int64_t out_rows, const double* coefficients, int64_t row_stride,
                       int64_t column_stride, const void* in, int64_t in_rows) {
  return context_call(context, [&] {
    context->contract(out, rows_of(out_rows), coefficients, row_stride, column_stride, in, rows_of(in_rows));
  });
}

int32_t tp_rt_expect(tp_context* context, double* out, const void* lhs, int64_t lhs_rows, const void* rhs,
                     int64_t rhs_rows) {
  return context_call(context, [&] { context->expect(out, lhs, rows_of(lhs_rows), rhs, rows_of(rhs_rows)); });
}

int32_t tp_rt_condition(tp_context* context, uint32_t matrix, int32_t transposed, uint32_t size_class, const void* in,
                        int64_t rows, void* out) {
  return context_call(context,
                      [&] { context->condition(matrix, transposed != 0, size_class, in, rows_of(rows), out); });
}

int32_t tp_rt_accumulated(tp_context* context, uint32_t matrix, int32_t transposed, const void* in, int64_t rows,
                          void* out) {
  return context_call(context, [&] { context->accumulated(matrix, transposed != 0, in, rows_of(rows), out); });
}

int32_t tp_rt_append(tp_context* context, uint32_t matrix, double coefficient, const void* left, const void* right,
                     int64_t rows) {
  return context_call(context, [&] { context->append(matrix, coefficient, left, right, rows_of(rows)); });
}

int32_t tp_rt_combine(tp_context* context, uint32_t matrix, uint32_t source, double coefficient) {
  return context_call(context, [&] { context->combine(matrix, source, coefficient); });
}

int32_t tp_rt_write_samples(tp_context* context, uint32_t state, const void* value) {
  return context_call(context, [&] { context->write_samples(state, value); });
}

int32_t tp_rt_write_scalars(tp_context* context, uint32_t state, const double* value) {
  return context_call(context, [&] { context->write_scalars(state, value); });
}

int32_t tp_rt_pairs(tp_context* context, tp_pair_kernel kernel, const void* const* left, const void* const* right,
                    const int64_t* rows, int64_t products, const uint32_t* states, int64_t state_count,
                    const double* numbers, int64_t number_count) {
  return context_call(context, [&] {
    context->pairs(
        {kernel, left, right, rows, rows_of(products), states, rows_of(state_count), numbers, rows_of(number_count)});
  });
}

int32_t tp_rt_apply_pair(tp_context* context, uint32_t pair, int32_t transposed, const void* in, int64_t rows,
                         void* out) {
  return context_call(context, [&] { context->apply_pair(pair, transposed != 0, in, rows_of(rows), out); });
}

int32_t tp_rt_when_successful(tp_context* context, tp_kernel kernel, const void* arguments, int64_t count) {
  return context_call(context, [&] { context->when_successful(kernel, arguments, rows_of(count)); });
}

int32_t tp_rt_add_numbers(tp_context* context, uint32_t state, const double* places, const double* values,
                          int64_t count) {
  return context_call(context, [&] { context->add_numbers(state, places, values, rows_of(count)); });
}

int32_t tp_rt_check_indices(tp_context* context, const double* indices, int64_t count, int64_t size) {
  return context_call(context, [&] { tpc::runtime::check_indices({indices, rows_of(count)}, rows_of(size)); });
}

int32_t tp_rt_first_occurrence(tp_context* context, const double* indices, int64_t count, const double* const* others,
                               const int64_t* other_counts, int64_t lists, double* out) {
  return context_call(context, [&] {
    std::vector<tpc::runtime::IndexList> earlier;
    for (std::size_t i = 0; i < rows_of(lists); ++i) earlier.push_back({others[i], rows_of(other_counts[i])});
    tpc::runtime::mark_first_occurrences({indices, rows_of(count)}, earlier, out);
  });
}

int32_t tp_rt_one_hot(tp_context* context, const double* labels, int64_t examples, int64_t classes, double* out) {
  return context_call(context, [&] { tpc::runtime::one_hot(labels, rows_of(examples), rows_of(classes), out); });
}

int32_t tp_rt_matrix_product(tp_context* context, double* out, int64_t rows, int64_t columns, int64_t inner,
                             const double* lhs, int32_t lhs_transposed, const double* rhs, int32_t rhs_transposed) {
  using tpc::runtime::Layout;
  return context_call(context, [&] {
    const std::size_t m = rows_of(rows), n = rows_of(columns), k = rows_of(inner);
    const Layout left = lhs_transposed != 0 ? Layout::transposed : Layout::plain;
    const Layout right = rhs_transposed != 0 ? Layout::transposed : Layout::plain;
    tpc::runtime::threaded_gemm(left, right, m, n, k, 1.0, lhs, lhs_transposed != 0 ? m : k, rhs,
                                rhs_transposed != 0 ? k : n, 0.0, out, n);
  });
}

int32_t tp_rt_area(tp_context* context, double* out, int64_t slices, int64_t rows, int64_t columns, int64_t inner,
                   const double* lhs, const double* rhs, const double* products) {
  return context_call(context, [&] {
    const std::size_t m = rows_of(rows), n = rows_of(columns), k = rows_of(inner);
    for (std::size_t slice = 0; slice < rows_of(slices); ++slice) {
      tpc::runtime::parallelogram_areas({m, n, k}, lhs + slice * m * k, rhs + slice * n * k, products + slice * m * n,
                                        out + slice * m * n);
    }
  });
}

int32_t tp_rt_normal_rule(tp_context* context, int64_t count, int32_t weights, double* out) {
  return context_call(context, [&] { context->normal_rule(rows_of(count), weights != 0, out); });
}

int32_t tp_rt_softmax(tp_context* context, const double* values, int64_t rows, int64_t columns, double* out) {
  return context_call(context, [&] { tpc::runtime::softmax(values, rows_of(rows), rows_of(columns), out); });
}

int32_t tp_rt_log_sum_exp(tp_context* context, const double* values, int64_t rows, int64_t columns, double* out) {
  return context_call(context, [&] { tpc::runtime::log_sum_exps(values, rows_of(rows), rows_of(columns), out); });
}

}  // extern "C"
