/// \file Programs with support rows S and query rows Q in one step, of different numbers.
#pragma once

#include <string>
#include <vector>

namespace tpc::test {

/// f_q = (w + mean_s support_s) . query_q; the step follows the gradient of mean_q (f_q - target_q)^2 / 2 with respect
/// to w alone. Text of both IRs: `dialect` is "tp" or "limit".
inline std::string rows_program(const std::string& dialect) {
  const std::string forward = R"(
  %0 = input field=support : scalar[S, d]
  %1 = contract lhs=%0 over=[S] : scalar[d]
  %2 = dim_size dim=S : scalar
  %3 = map fn=div args=[%1, %2] : scalar[d]
  %4 = read state=@w : scalar[d]
  %5 = map fn=add args=[%4, %3] : scalar[d]
  %6 = input field=query : scalar[Q, d]
  %7 = contract lhs=%6 rhs=%5 over=[d] : scalar[Q]
)";
  return dialect + R"( module rows width n
dim S = ?
dim Q = ?
dim d = 2
state @w : scalar[d] = constant(0.5) role=finite a=0 b=0 c=0

function predict {)" +
         forward + R"(  result output = %7
}

function step {)" +
         forward + R"(  %8 = input field=target : scalar[Q]
  %9 = map fn=sub args=[%7, %8] : scalar[Q]
  %10 = map fn=mul args=[%9, %9] : scalar[Q]
  %11 = contract lhs=%10 over=[Q] : scalar
  %12 = dim_size dim=Q : scalar
  %13 = map fn=div args=[%11, %12] : scalar
  %14 = contract lhs=%6 rhs=%9 over=[Q] : scalar[d]
  %15 = map fn=div args=[%14, %12] : scalar[d]
  %16 = constant value=-0.2 : scalar
  %17 = map fn=mul args=[%16, %15] : scalar[d]
  %18 = map fn=add args=[%4, %17] : scalar[d]
  %19 = write state=@w value=%18
  result loss = %13
}
)";
}

/// The same in plain arithmetic.
struct RowsModel {
  std::vector<double> w = {0.5, 0.5};

  [[nodiscard]] std::vector<double> predict(const std::vector<double>& support,
                                            const std::vector<double>& query) const {
    std::vector<double> sum(2, 0.0), f;
    for (size_t i = 0; i < support.size(); ++i) sum[i % 2] += support[i];
    const double rows = static_cast<double>(support.size() / 2);
    for (size_t q = 0; q < query.size(); q += 2) {
      f.push_back(query[q] * (w[0] + sum[0] / rows) + query[q + 1] * (w[1] + sum[1] / rows));
    }
    return f;
  }
  /// The loss before the step.
  double step(const std::vector<double>& support, const std::vector<double>& query, const std::vector<double>& target) {
    const std::vector<double> f = predict(support, query);
    const double rows = static_cast<double>(target.size());
    double loss = 0.0;
    std::vector<double> next = w;
    for (size_t q = 0; q < f.size(); ++q) {
      loss += (f[q] - target[q]) * (f[q] - target[q]) / rows;
      for (size_t i = 0; i < 2; ++i) next[i] -= 0.2 * (f[q] - target[q]) * query[2 * q + i] / rows;
    }
    w = next;
    return loss;
  }
};

/// Some numbers, others for other seeds.
inline std::vector<double> some_numbers(size_t count, size_t seed) {
  std::vector<double> values;
  for (size_t i = 0; i < count; ++i) values.push_back(static_cast<double>((i * 37 + seed * 11) % 23) / 10.0 - 1.0);
  return values;
}

}  // namespace tpc::test
