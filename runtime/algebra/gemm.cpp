#include "runtime/algebra/gemm.h"

#include <cblas.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstdlib>

namespace tpc::runtime {
namespace {

#if defined(__x86_64__) && defined(__linux__)
/// OpenBLAS chooses its kernels by a list of processors, and takes those of 2004 for one that is newer than itself
/// (version 0.3.21 on model 207: 2.1 times slower). What the processor can do decides instead; who sets the variable,
/// decides. Of Intel's alone: for those of other makers the library's next best guess is a good one. Before the
/// library's own start-up, which has no priority.
[[gnu::constructor(101)]] void name_the_processor() {
  __builtin_cpu_init();
  if (!__builtin_cpu_is("intel")) return;
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  const bool fused = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  constexpr int keep_what_is_set = 0;
  if (wide || fused) setenv("OPENBLAS_CORETYPE", wide ? "SkylakeX" : "Haswell", keep_what_is_set);
}
#endif

/// Threads are above this library (gemm.h). At the first product: before main its own start-up may not have run.
void switch_library_threads_off() { [[maybe_unused]] static const bool once = (openblas_set_num_threads(1), true); }

int length(std::size_t n) { return static_cast<int>(n); }
CBLAS_TRANSPOSE transpose(Layout layout) { return layout == Layout::plain ? CblasNoTrans : CblasTrans; }

struct DoubleRoutines {
  static constexpr auto gemm = cblas_dgemm;
  static constexpr auto gemv = cblas_dgemv;
};
struct FloatRoutines {
  static constexpr auto gemm = cblas_sgemm;
  static constexpr auto gemv = cblas_sgemv;
};

/// A single row goes through the matrix-vector routine, which does not copy b.
template <class Routines, class Real>
void product(Layout a_layout, Layout b_layout, std::size_t m, std::size_t n, std::size_t k, Real alpha, const Real* a,
             std::size_t a_stride, const Real* b, std::size_t b_stride, Real beta, Real* c, std::size_t c_stride) {
  if (m == 0 || n == 0) return;
  switch_library_threads_off();
  if (k == 0) {
    for (std::size_t i = 0; i < m && beta == Real{0}; ++i) std::fill_n(c + i * c_stride, n, Real{0});
    return;
  }
  if (m == 1 && a_layout == Layout::plain) {
    const bool plain = b_layout == Layout::plain;
    Routines::gemv(CblasRowMajor, plain ? CblasTrans : CblasNoTrans, length(plain ? k : n), length(plain ? n : k),
                   alpha, b, length(b_stride), a, 1, beta, c, 1);
    return;
  }
  Routines::gemm(CblasRowMajor, transpose(a_layout), transpose(b_layout), length(m), length(n), length(k), alpha, a,
                 length(a_stride), b, length(b_stride), beta, c, length(c_stride));
}

}  // namespace

void gemm(Layout a_layout, Layout b_layout, std::size_t m, std::size_t n, std::size_t k, double alpha, const double* a,
          std::size_t a_stride, const double* b, std::size_t b_stride, double beta, double* c, std::size_t c_stride) {
  product<DoubleRoutines>(a_layout, b_layout, m, n, k, alpha, a, a_stride, b, b_stride, beta, c, c_stride);
}

void gemm(Layout a_layout, Layout b_layout, std::size_t m, std::size_t n, std::size_t k, float alpha, const float* a,
          std::size_t a_stride, const float* b, std::size_t b_stride, float beta, float* c, std::size_t c_stride) {
  product<FloatRoutines>(a_layout, b_layout, m, n, k, alpha, a, a_stride, b, b_stride, beta, c, c_stride);
}

void threaded_gemm(Layout a_layout, Layout b_layout, std::size_t m, std::size_t n, std::size_t k, double alpha,
                   const double* a, std::size_t a_stride, const double* b, std::size_t b_stride, double beta, double* c,
                   std::size_t c_stride) {
  const auto block = [&](std::size_t row, std::size_t rows, std::size_t column, std::size_t columns) {
    gemm(a_layout, b_layout, rows, columns, k, alpha, a + row * (a_layout == Layout::plain ? a_stride : 1), a_stride,
         b + column * (b_layout == Layout::plain ? 1 : b_stride), b_stride, beta, c + row * c_stride + column,
         c_stride);
  };
  constexpr std::size_t piece = 256;  // rows or columns of a block
  const bool small = static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k) < 5e7;
  const bool by_rows = m >= n;
  const std::size_t length = by_rows ? m : n;
  if (small || length <= piece) return block(0, m, 0, n);
  // A thread that waits must not begin another task of its caller's, whose working memory may be this one's.
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(
        std::size_t{0}, (length + piece - 1) / piece, std::size_t{1},
        [&](std::size_t i) {
          const std::size_t first = i * piece;
          const std::size_t count = std::min(piece, length - first);
          by_rows ? block(first, count, 0, n) : block(0, m, first, count);
        },
        tbb::simple_partitioner());
  });
}

}  // namespace tpc::runtime
