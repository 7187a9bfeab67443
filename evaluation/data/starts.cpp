#include "evaluation/data/starts.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>

#include "evaluation/data/file_error.h"
#include "evaluation/sources/npy_file.h"

namespace tpc::evaluation {
namespace {

using diag::Kind;

std::vector<double> doubles(const NumberArray& array) {
  return std::visit(
      [&]<class T>(std::type_identity<T>) {
        std::vector<double> values(array.bytes.size() / sizeof(T));
        for (size_t i = 0; i < values.size(); ++i) {
          T value;
          std::memcpy(&value, array.bytes.data() + i * sizeof(T), sizeof(T));
          values[i] = static_cast<double>(value);
        }
        return values;
      },
      array.type);
}

/// The width that makes the parameter's shape that of the array; empty: none does.
std::optional<int64_t> width_of(const sema::Program& program, const sema::Parameter& parameter,
                                const std::vector<uint64_t>& shape) {
  if (shape.size() != parameter.shape.size()) return std::nullopt;
  std::optional<ir::Rational> width;
  for (size_t i = 0; i < shape.size(); ++i) {
    const auto size = static_cast<int64_t>(shape[i]);
    const sema::Width* of_width = sema::width_of(program, parameter.shape[i]);
    if (of_width == nullptr && size != sema::axis_size(program, parameter.shape[i])) return std::nullopt;
    if (of_width == nullptr) continue;
    const ir::Rational n = ir::Rational(size) / of_width->ratio;
    if (n.denominator() != 1 || (width && *width != n)) return std::nullopt;
    width = n;
  }
  return width ? static_cast<int64_t>(width->value()) : 0;
}

/// [n, rest] as [rest, n].
std::vector<double> width_last(const std::vector<double>& values, uint64_t length) {
  const size_t n = length, rest = values.size() / n;
  std::vector<double> result(values.size());
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < rest; ++j) result[j * n + i] = values[i * rest + j];
  }
  return result;
}

std::string shape_text(const std::vector<uint64_t>& shape) {
  std::string listed;
  for (const uint64_t size : shape) listed += (listed.empty() ? "[" : ", ") + std::to_string(size);
  return listed.empty() ? "[]" : listed + "]";
}

void report(const sema::Parameter& parameter, const std::string& why, diag::Engine& diagnostics) {
  diagnostics.report(Kind::given_start, parameter.span,
                     {{"name", parameter.name}, {"path", parameter.start}, {"why", why}});
}

}  // namespace

std::vector<GivenStart> load_starts(const sema::Program& program, const std::string& program_directory,
                                    diag::Engine& diagnostics) {
  std::vector<GivenStart> starts;
  for (size_t i = 0; i < program.parameters.size(); ++i) {
    const sema::Parameter& parameter = program.parameters[i];
    if (parameter.start.empty()) continue;
    const std::string file = (std::filesystem::path(program_directory) / parameter.start).string();
    auto read = read_array(file);
    if (const auto* error = std::get_if<FileError>(&read)) {
      diagnostics.report(Kind::source_file, parameter.span, {{"place", place_of(*error)}, {"why", error->message}});
      continue;
    }
    const auto& array = std::get<NumberArray>(read);
    const auto width = width_of(program, parameter, array.shape);
    if (!width) {
      report(parameter, "its shape " + shape_text(array.shape) + " is not that of the parameter at any width",
             diagnostics);
      continue;
    }
    std::vector<double> values = doubles(array);
    if (sema::width_of(program, parameter.shape.front()) != nullptr && parameter.role != ir::Role::hidden)
      values = width_last(values, array.shape.front());
    starts.push_back({i, file, *width, std::move(values)});
  }
  return starts;
}

bool check_starts(const sema::Program& program, const std::vector<GivenStart>& starts, int64_t width,
                  diag::Engine& diagnostics) {
  bool fit = true;
  for (const GivenStart& start : starts) {
    if (start.width == width || start.width == 0) continue;
    report(program.parameters[start.parameter], "of " + std::to_string(start.width) + ", not " + std::to_string(width),
           diagnostics);
    fit = false;
  }
  return fit;
}

}  // namespace tpc::evaluation
