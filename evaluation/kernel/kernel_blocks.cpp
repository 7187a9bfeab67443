#include "evaluation/kernel/kernel_blocks.h"

#include <algorithm>
#include <cmath>

#include "base/diag/check.h"
#include "runtime/algebra/gemm.h"

namespace tpc::evaluation {
namespace {

/// Terms of f that are evaluated at a time: enough for matrix products, few enough for memory.
constexpr size_t most_terms = 4096;

std::vector<double> part(const std::vector<double>& values, size_t count, size_t begin, size_t end) {
  const size_t size = values.size() / count;
  return {values.begin() + static_cast<std::ptrdiff_t>(begin * size),
          values.begin() + static_cast<std::ptrdiff_t>(end * size)};
}

}  // namespace

KernelFunction::KernelFunction(const tp_model_descriptor& model, const LimitSettings& settings)
    : model_(model), function_(function_index(model, ir::FunctionRole::kernel)), options_(settings, {}) {}

std::vector<const double*> KernelFunction::table(const Batch& points) const {
  std::vector<const double*> fields(model_.field_count, nullptr);
  for (uint32_t i = 0; i < model_.field_count; ++i) {
    const auto found = points.fields.find(model_.fields[i].name);
    if (found != points.fields.end()) fields[i] = found->second.data();
  }
  return fields;
}

std::vector<double> KernelFunction::between(size_t kernel, const Batch& points, const Batch& others) const {
  const tp_function_descriptor& descriptor = model_.functions[function_];
  const std::string name = passes::kernel_result(kernel);
  std::vector<double> values(static_cast<size_t>(points.count * others.count));
  std::vector<double*> results(descriptor.result_count, nullptr);
  for (uint32_t i = 0; i < descriptor.result_count; ++i) {
    if (descriptor.results[i].name == name) results[i] = values.data();
  }
  TPC_CHECK(std::ranges::find(results, values.data()) != results.end(), "the compiled kernel has no result " + name);
  const std::vector<const double*> fields = table(points), other_fields = table(others);
  tp_pairs pairs{};
  pairs.size = sizeof pairs;
  pairs.fields = fields.data();
  pairs.count = static_cast<size_t>(points.count);
  pairs.other_fields = other_fields.data();
  pairs.other_count = static_cast<size_t>(others.count);
  check_status(tp_evaluate_pairs(&model_, options_.get(), function_, &pairs, results.data(), nullptr, nullptr));
  if (!std::ranges::all_of(values, [](double x) { return std::isfinite(x); })) {
    throw EvaluationFailure{EvaluationFailure::Kind::not_finite, "the kernel is not finite"};
  }
  return values;
}

Batch points_of(const passes::PointGroup& group, const Batch& examples) {
  Batch points{examples.count * group.rows, {}};
  const auto count = static_cast<size_t>(examples.count), rows = static_cast<size_t>(group.rows);
  for (const passes::PointGroup::Field& field : group.fields) {
    const std::vector<double>& given = examples.fields.at(field.data);
    std::vector<double>& values = points.fields[field.network];
    if (field.by_row) {
      values = given;
      continue;
    }
    for (size_t point = 0; point < count * rows; ++point) {
      const std::vector<double> own = part(given, count, point / rows, point / rows + 1);
      values.insert(values.end(), own.begin(), own.end());
    }
  }
  return points;
}

Batch slice_of(const Batch& points, int64_t begin, int64_t end) {
  Batch some{end - begin, {}};
  const auto count = static_cast<size_t>(points.count);
  for (const auto& [name, values] : points.fields) {
    some.fields[name] = part(values, count, static_cast<size_t>(begin), static_cast<size_t>(end));
  }
  return some;
}

void KernelExpansion::append(const Batch& points, const std::vector<double>& coefficients) {
  for (const auto& [name, values] : points.fields) {
    std::vector<double>& known = points_.fields[name];
    known.insert(known.end(), values.begin(), values.end());
  }
  points_.count += points.count;
  coefficients_.insert(coefficients_.end(), coefficients.begin(), coefficients.end());
}

void KernelExpansion::add_to(const Batch& points, size_t first, double* values) const {
  const auto count = static_cast<size_t>(points.count);
  for (size_t begin = first; begin < size(); begin += most_terms) {
    const size_t end = std::min(begin + most_terms, size());
    const std::vector<double> kernel =
        kernel_.between(0, points, slice_of(points_, static_cast<int64_t>(begin), static_cast<int64_t>(end)));
    using runtime::Layout;
    runtime::gemm(Layout::plain, Layout::plain, count, outputs_, end - begin, 1.0, kernel.data(), end - begin,
                  coefficients_.data() + begin * outputs_, outputs_, 1.0, values, outputs_);
  }
}

}  // namespace tpc::evaluation
