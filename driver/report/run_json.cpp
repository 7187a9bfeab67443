#include "driver/report/run_json.h"

#include "driver/report/json.h"

#include "driver/report/kernel_report.h"
#include "driver/report/vectors_report.h"

namespace tpc::driver {
namespace {

/// Adds "key" with the values of every series, and "key_stderr" in the same shape (null without errors).
void add_group(Json& json, const std::string& key, const std::vector<RecordedSeries>& group, size_t recorded) {
  Json means = Json::object();
  Json errors = Json::object();
  bool has_errors = false;
  for (const RecordedSeries& series : group) {
    means[series.name] = series_json(series.values.mean, series, recorded);
    has_errors = has_errors || !series.values.error.empty();
    errors[series.name] = series.values.error.empty() ? Json() : series_json(series.values.error, series, recorded);
  }
  json[key] = std::move(means);
  json[key + "_stderr"] = has_errors ? std::move(errors) : Json();
}

void add_trajectory(Json& json, const Session& session, const Trajectory& trajectory) {
  const size_t recorded = trajectory.steps_recorded.size();
  json["loss"] = trajectory.loss.mean;
  json["loss_stderr"] = trajectory.loss.error.empty() ? Json() : Json(trajectory.loss.error);
  add_group(json, "outputs", trajectory.outputs, recorded);
  if (!trajectory.accuracy.empty()) add_group(json, "accuracy", trajectory.accuracy, recorded);
  if (!trajectory.set_losses.empty()) add_group(json, "set_loss", trajectory.set_losses, recorded);
  if (!trajectory.observed.empty()) add_group(json, "observe", trajectory.observed, recorded);
  add_vectors_json(json, session.plan, trajectory);
  json["steps_recorded"] = trajectory.steps_recorded;
  if (trajectory.interrupted) json["interrupted"] = true;
  add_divergence(json, trajectory.diverged);
}

Json model_json(const Session& session) {
  Json json;
  json["model"] = session.program().model;
  json["parametrization"] = session.program().parametrization;
  json["regime"] = std::string(passes::regime_name(session.compilation->classification->regime));
  return json;
}

}  // namespace

void add_divergence(Json& json, const std::optional<Divergence>& diverged) {
  if (diverged) json["diverged"] = {{"step", diverged->step}, {"what", diverged->what}};
}

Json series_json(const std::vector<double>& values, const RecordedSeries& series, size_t recorded) {
  std::vector<int64_t> shape = {static_cast<int64_t>(recorded)};
  shape.insert(shape.end(), series.shape.begin(), series.shape.end());
  return nested_array(values, shape);
}

Json limit_json(const Session& session, const InfiniteWidthRun& run) {
  const LimitSettings& settings = run.choice.settings;
  Json json = model_json(session);
  json["method"] = method_name(settings);
  json["samples"] = settings.samples == 0 ? Json() : Json(settings.samples);
  json["replicas"] = settings.replicas;
  json["seed"] = settings.seed;
  add_trajectory(json, session, run.trajectory);
  if (run.largest_error) json["largest_stderr"] = *run.largest_error;
  if (run.kernel) {
    add_kernel_json(json, *run.kernel, settings.seed);
  } else {
    if (run.draws_start && run.spread()) add_drawn_start_json(json, *run.spread(), settings.seed);
    json["precision"] = run.choice.precision == TP_F32 ? "f32" : "f64";
    json["truncation"] = settings.tolerance;
    json["discarded"] = run.discarded;
    json["rank"] = Json::object();
    for (const MatrixRank& rank : run.ranks) json["rank"][rank.name] = {rank.rank, rank.rank_transposed};
  }
  json["method_reason"] = run.choice.why;
  json["seconds"] = {{"compile", session.compile_seconds + run.compile_seconds}, {"run", run.run_seconds}};
  return json;
}

Json width_json(const Session& session, const WidthRun& run) {
  Json json = model_json(session);
  json["width"] = run.width;
  json["seeds"] = run.seeds;
  json["seed"] = run.seed;
  add_trajectory(json, session, run.trajectory);
  json["seconds"] = {{"compile", session.compile_seconds}, {"run", run.run_seconds}};
  return json;
}

}  // namespace tpc::driver
