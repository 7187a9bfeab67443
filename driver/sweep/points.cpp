#include "driver/sweep/points.h"

#include "base/sha256.h"
#include "evaluation/experiment/compare.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

/// Appends every combination of values of the settings from `setting` on.
void add_combinations(const std::vector<SweptSetting>& swept, SweepPoint& point, std::vector<SweepPoint>& points) {
  if (point.values.size() == swept.size()) return points.push_back(point);
  for (const std::string& value : swept[point.values.size()].values) {
    point.values.push_back(value);
    add_combinations(swept, point, points);
    point.values.pop_back();
  }
}

template <class Number>
std::string given(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : "-";
}

}  // namespace

std::vector<SweepPoint> points_of(const Options& options) {
  std::vector<std::optional<std::string>> parametrizations(options.parametrizations.begin(),
                                                           options.parametrizations.end());
  if (parametrizations.empty()) parametrizations.emplace_back();
  std::vector<int64_t> widths = evaluation::distinct_widths(options.widths);
  widths.push_back(0);
  std::vector<SweepPoint> points;
  for (const auto& parametrization : parametrizations) {
    for (const int64_t width : widths) {
      SweepPoint point{{}, parametrization, width};
      add_combinations(options.swept, point, points);
    }
  }
  return points;
}

Options options_of(const Options& sweep, const SweepPoint& point) {
  Options options = sweep;
  for (size_t i = 0; i < point.values.size(); ++i) options.values[sweep.swept[i].name] = point.values[i];
  options.parametrization = point.parametrization;
  options.width = point.width;
  options.seeds = sweep.seeds == 0 ? sweep_seeds : sweep.seeds;
  options.record = {evaluation::RecordRule::final_step, 1};
  for (std::string* path : {&options.output, &options.plot, &options.csv}) path->clear();
  return options;
}

std::string group_of(const SweepPoint& point) {
  std::string text = point.parametrization.value_or("");
  const std::string width = point.width == 0 ? "infinite width" : fmt::format("width {}", point.width);
  return text.empty() ? width : text + ", " + width;
}

std::string name_of(const Options& sweep, const SweepPoint& point) {
  std::string text;
  for (size_t i = 0; i < point.values.size(); ++i) {
    text += fmt::format("{}{} = {}", i == 0 ? "" : ", ", sweep.swept[i].name, point.values[i]);
  }
  return fmt::format("{}{}({})", text, text.empty() ? "" : " ", group_of(point));
}

std::string fingerprint_of(const Provenance& provenance, const Options& sweep, const SweepPoint& point) {
  const Options options = options_of(sweep, point);
  std::string text = provenance.version + "\n" + provenance.program.sha256.value_or("") + "\n";
  for (const HashedFile& file : provenance.data) text += file.sha256.value_or("") + "\n";
  for (const auto& [name, value] : options.values) text += fmt::format("{}:{}={}\n", name.size(), name, value);
  for (const auto& [name, path] : options.data_paths) text += fmt::format("data {}:{}\n", name.size(), name);
  text += fmt::format("{} {} {} {}\n", options.parametrization.value_or("-"), options.width,
                      options.width == 0 ? 0 : options.seeds, options.seed);
  if (options.width == 0) {
    text += fmt::format("{} {} {} {} {} {} {}\n", static_cast<int>(options.method), given(options.samples),
                        given(options.replicas), given(options.tolerance), given(options.target_error),
                        options.rotate_to_data, options.precision);
  }
  return sha256(text).substr(0, 16);
}

}  // namespace tpc::driver
