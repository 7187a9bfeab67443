#include "driver/report/saved_run.h"

#include "driver/report/json.h"
#include "driver/terminal/files.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

using namespace evaluation;

constexpr size_t most_bytes = size_t{1} << 30;

/// What the file does not have, or not as it should be.
struct Unusable {
  std::string why;
};

const Json& member(const Json& json, const std::string& key) {
  const auto found = json.find(key);
  if (found == json.end()) throw Unusable{fmt::format("it has no \"{}\"", key)};
  return *found;
}

template <class T>
T value(const Json& json, const std::string& key) {
  return member(json, key).get<T>();
}

void append_numbers(const Json& json, std::vector<double>& numbers) {  // NOLINT(misc-no-recursion)
  if (!json.is_array()) return numbers.push_back(json.get<double>());
  for (const Json& inner : json) append_numbers(inner, numbers);
}

Estimates estimates(const Json& mean, const Json& error) {
  Estimates result;
  append_numbers(mean, result.mean);
  if (!error.is_null()) append_numbers(error, result.error);
  return result;
}

/// Series are flat here: the run they are pooled with has their shapes.
std::vector<RecordedSeries> group(const Json& json, const std::string& key) {
  std::vector<RecordedSeries> series;
  const auto found = json.find(key);
  if (found == json.end()) return series;
  const Json& errors = member(json, key + "_stderr");
  for (const auto& [name, values] : found->items()) {
    series.push_back({name, {}, estimates(values, errors.is_null() ? errors : member(errors, name))});
  }
  return series;
}

void check_kind(const Json& json) {
  if (json.contains("width") || !json.contains("method")) throw Unusable{"it is no result of `tpc run`"};
  if (json.contains("kernel")) {
    throw Unusable{
        "it is one of the kernel regime, where the spread over initial functions follows from one kernel; "
        "take more `--samples` or `--replicas` at once"};
  }
  const auto method = value<std::string>(json, "method");
  if (method != "qmc" && method != "mc") {
    throw Unusable{
        fmt::format("its method is {}, which has no replicas to add to (`--target-error` takes more nodes)", method)};
  }
  if (json.contains("interrupted")) throw Unusable{"it was interrupted"};
  if (json.contains("diverged")) throw Unusable{"it diverged"};
  for (const Json& observed : json.value("observe", Json::object())) {
    if (observed.is_object()) throw Unusable{"what it observed of vectors is not in the file in full"};
  }
}

void check_same(const Json& json, const Options& options, const std::string& fingerprint) {
  if (value<std::string>(json, "fingerprint") != fingerprint) {
    throw Unusable{
        "it is of another program, other data or other options (--param, --set, --data, --record, --tol, "
        "--precision and --rotation must be as they were)"};
  }
  const auto refuse = [](const char* option, const auto& given, const auto& saved) {
    throw Unusable{
        fmt::format("it was made with {} {}, and {} is asked for; leave the option out", option, saved, given)};
  };
  const auto samples = value<int64_t>(json, "samples");
  const auto seed = value<uint64_t>(json, "seed");
  const auto method = value<std::string>(json, "method");
  if (options.samples && *options.samples != samples) refuse("--samples", *options.samples, samples);
  if (options.seed != Options().seed && options.seed != seed) refuse("--seed", options.seed, seed);
  const auto asked = method == "mc" ? Method::mc : Method::qmc;
  if (options.method != Method::automatic && options.method != asked) refuse("--method", "another one", method);
}

SavedRun read_run(const Json& json) {
  SavedRun saved;
  saved.method = value<std::string>(json, "method") == "mc" ? Method::mc : Method::qmc;
  saved.samples = value<int64_t>(json, "samples");
  saved.seed = value<uint64_t>(json, "seed");
  const auto replicas = value<int64_t>(json, "replicas");
  if (replicas < 1 || replicas > most_replicas || saved.samples < 1) throw Unusable{"its counts make no sense"};
  saved.run.replicas = static_cast<size_t>(replicas);
  Trajectory& trajectory = saved.run.trajectory;
  trajectory.steps_recorded = value<std::vector<int64_t>>(json, "steps_recorded");
  trajectory.loss = estimates(member(json, "loss"), member(json, "loss_stderr"));
  trajectory.outputs = group(json, "outputs");
  trajectory.accuracy = group(json, "accuracy");
  trajectory.set_losses = group(json, "set_loss");
  trajectory.observed = group(json, "observe");
  return saved;
}

}  // namespace

std::variant<SavedRun, std::string> load_saved_run(const Options& options, const std::string& fingerprint) {
  std::string text;
  if (std::string failure = read_text_file(options.refine, text, most_bytes); !failure.empty()) return failure;
  try {
    const Json json = Json::parse(text);
    check_kind(json);
    check_same(json, options, fingerprint);
    return read_run(json);
  } catch (const Unusable& unusable) {
    return unusable.why;
  } catch (const Json::parse_error&) {
    return "it is no JSON";
  } catch (const Json::exception&) {
    return "it is no result of `tpc run`";
  }
}

}  // namespace tpc::driver
