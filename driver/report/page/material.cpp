#include "driver/report/page/material.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "driver/advice.h"
#include "driver/outputs.h"
#include "driver/settings.h"
#include "ir/tp/lengths.h"

namespace tpc::driver::page {
namespace {

/// Seconds for networks of widths that nobody asked for.
constexpr double patience_for_networks = 20.0, patience_for_coordinates = 8.0;
constexpr int64_t default_least_width = 64, default_doublings = 3, default_coordinate_seeds = 3;

/// Diagnostics as text from here on.
class Heard {
 public:
  explicit Heard(Options options) : options_(std::move(options)) { options_.spoken_to = &text_; }
  [[nodiscard]] Options& options() { return options_; }
  /// Since the last time.
  std::string take() { return std::exchange(text_, std::ostringstream()).str(); }
  /// What a compilation has still to say.
  std::string take(Compilation& compilation) {
    compilation.spoken_to = &text_;
    print_diagnostics(compilation);
    return take();
  }

 private:
  std::ostringstream text_;
  Options options_;
};

/// 64, 128, 256, 512, or multiples of what makes all widths of the program whole.
std::vector<int64_t> default_widths(const Compilation& compilation) {
  const int64_t least = ir::tp::least_width(compilation.finite_width->states);
  std::vector<int64_t> widths = {least * std::max<int64_t>(1, (default_least_width + least - 1) / least)};
  for (int64_t i = 0; i < default_doublings; ++i) widths.push_back(2 * widths.back());
  return widths;
}

/// z2 of gram(z2).
std::string vector_of(const sema::Observation& gram) {
  const size_t open = gram.text.find('('), close = gram.text.rfind(')');
  return gram.text.substr(open + 1, close - open - 1);
}

/// Gram matrices of what the readouts read, and of what the program observes, on the examples that are shown.
void plan_features(Material& material) {
  Session& session = *material.session;
  const int64_t count = material.examples.set.count;
  for (const sema::Observation& observation : session.program().observations) {
    if (observation.kind != sema::ObservationKind::gram || count == 0) continue;
    const std::string name = vector_of(observation);
    if (std::ranges::find(material.features, name, &ObservedFeature::name) != material.features.end()) continue;
    const std::string key = observation.text + " on the examples shown";
    session.plan.observed.push_back({key, observation.function, &material.examples.set, {count, count}});
    material.features.push_back({name, key});
  }
}

/// With its limit, as far as that is there; what is observed besides what the program says is not to be in its way.
void start(Material& material, Heard& heard) {
  material.session = start_session(heard.options(), Stage::limit);
  if (!material.session && std::exchange(heard.options().observe_readouts, false)) {
    heard.take();
    material.session = start_session(heard.options(), Stage::limit);
  }
  if (material.session) {
    material.said_of_training = heard.take();
    material.derived = material.session->compilation.get();
    return;
  }
  material.no_limit = heard.take();
  material.session = start_session(heard.options(), Stage::classification);
  if (!material.session) material.no_training = heard.take();
}

/// A comparison with networks; without, if these cannot be had; nothing, if the limit cannot be trained.
/// `widths_given`: nobody is to wait for others.
void train(Material& material, Heard& heard, Monitor& monitor, bool widths_given) {
  Session& session = *material.session;
  Compilation& compilation = *session.compilation;
  ComparisonSettings settings{material.options.widths, material.options.seeds, evaluation_settings(material.options)};
  if (!widths_given) settings.patience = Patience(patience_for_networks);
  const auto attempt = [&] {
    material.comparison = compare(session.problem(monitor), session.derived(), *compilation.training_step, settings);
    material.said_of_training += heard.take(compilation);
  };
  attempt();
  if (material.comparison || settings.widths.empty()) return;
  settings.widths.clear();
  attempt();
}

void check(Material& material, Heard& heard, Monitor& monitor, bool widths_given) {
  Session& session = *material.session;
  Compilation& compilation = *session.compilation;
  CoordinateCheckSettings settings{distinct_widths(material.options.widths),
                                   material.options.seeds == 0 ? default_coordinate_seeds : material.options.seeds,
                                   material.options.seed, material.options.threads};
  if (!widths_given) settings.patience = Patience(patience_for_coordinates);
  material.coordinates =
      check_coordinates(session.problem(monitor), *compilation.training_step, *compilation.width, settings);
  material.said_of_coordinates = heard.take(compilation);
}

}  // namespace

std::unique_ptr<Material> gather(const Options& options, Monitor& monitor) {
  auto material = std::make_unique<Material>();
  material->options = options;
  material->classified = compile(options, Stage::classification, Training::optional);
  if (!material->classified || !outputs_are_free(*material->classified, options)) return nullptr;
  material->sizes = explain(*material->classified, options);
  material->phases = phase_space(*material->classified, options, monitor);
  const bool widths_given = !options.widths.empty();
  if (!widths_given) material->options.widths = default_widths(*material->classified);
  material->options.observe_readouts = !features_rest(*material->classified->classification);
  Heard heard(material->options);
  if (!material->classified->program->train) {
    material->forward = compile(heard.options(), Stage::limit, Training::optional);
    material->derived = material->forward.get();
    material->no_limit = heard.take();
    material->no_training = "The program has no `train` block: it names no data, no loss and no optimizer.";
    return material;
  }
  start(*material, heard);
  if (!material->session) return material;
  material->examples = choose_examples(*material->session);
  if (material->derived != nullptr) {
    plan_features(*material);
    train(*material, heard, monitor, widths_given);
    material->interrupted = material->comparison && material->comparison->interrupted;
  }
  if (!material->interrupted) check(*material, heard, monitor, widths_given);
  material->interrupted = material->interrupted || (material->coordinates && material->coordinates->interrupted);
  return material;
}

}  // namespace tpc::driver::page
