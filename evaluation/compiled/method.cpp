#include "evaluation/compiled/method.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "fmt/format.h"
#include "passes/gaussian/smoothness.h"
#include "passes/limit/derive_limit.h"

namespace tpc::evaluation {
namespace {

namespace limit = ir::limit;

constexpr int64_t quadrature_nodes = 48;
constexpr double most_quadrature_points = 262144.0;  // 2^18

/// Work one run takes by default, if the least counts do not take more: about four seconds on two cores.
constexpr double default_flops = 1.5e11, default_bytes = 6.0e8;

/// Counts to choose from, the most accurate first.
constexpr std::array<int64_t, 4> sample_ladder = {16384, 8192, 4096, 2048};
constexpr std::array<int64_t, 4> replica_ladder = {12, 8, 6, 4};

/// A primitive that is applied to a random variable where it is not smooth: Gauss-Hermite nodes converge slowly there.
std::optional<ir::Primitive> non_smooth_primitive(const limit::Module& module) {
  for (const limit::Function& function : module.functions) {
    const std::vector<ir::Values> signs = passes::gaussian::signs_of_values(function);
    for (const limit::Instruction& instruction : function.body) {
      const auto* map = std::get_if<ir::Map>(&instruction.op);
      if (map == nullptr || instruction.type.kind != ir::Kind::vector) continue;
      if (!passes::gaussian::is_smooth_map(function, signs, *map)) return map->primitive;
    }
  }
  return {};
}

/// Why quadrature cannot be used at all; empty: it can.
std::string quadrature_obstacle(const limit::Module& module, int64_t dimensions, int64_t nodes) {
  if (nodes > most_nodes) return fmt::format("it takes at most {} nodes a dimension", most_nodes);
  if (has_matrix(module)) return "a matrix that grows in both directions brings new Gaussian dimensions at every step";
  if (std::pow(static_cast<double>(nodes), static_cast<double>(dimensions)) > most_quadrature_points) {
    return fmt::format("{} Gaussian dimensions with {} nodes each are too many points", dimensions, nodes);
  }
  return {};
}

LimitSettings base_settings(const MethodRequest& request) {
  LimitSettings settings;
  settings.seed = request.seed;
  settings.threads = request.threads;
  settings.tolerance = request.tolerance.value_or(automatic_tolerance);
  return settings;
}

MethodChoice exact_choice(const limit::Module& module, const MethodRequest& request, int64_t dimensions,
                          std::string why) {
  MethodChoice choice{base_settings(request), std::move(why)};
  choice.settings.method = TP_METHOD_EXACT;
  // One for each Gaussian dimension and one for the constant 1. Matrices bring new ones at every step: then it is where
  // to start, and the run doubles them when they are used up.
  const int64_t all = dimensions + 1;
  choice.settings.samples = request.samples.value_or(has_matrix(module) ? std::max<int64_t>(256, 2 * all) : all);
  choice.settings.replicas = 1;
  return choice;
}

MethodChoice quadrature_choice(const MethodRequest& request, int64_t nodes, std::string why) {
  MethodChoice choice{base_settings(request), std::move(why)};
  choice.settings.method = TP_METHOD_QUADRATURE;
  choice.settings.samples = nodes;
  choice.settings.replicas = 1;
  return choice;
}

MethodChoice sampling_choice(const limit::Module& module, const WorkFacts& facts, const MethodRequest& request,
                             std::string why) {
  MethodChoice choice{base_settings(request), std::move(why)};
  const SampleCounts counts = choose_sample_counts(module, facts, request.samples, request.replicas);
  choice.settings.method = request.method == Method::mc ? TP_METHOD_MC : TP_METHOD_QMC;
  choice.settings.samples = counts.samples;
  choice.settings.replicas = counts.replicas;
  return choice;
}

}  // namespace

bool has_matrix(const limit::Module& module) {
  return std::any_of(module.states.begin(), module.states.end(),
                     [](const ir::State& state) { return state.type.kind == ir::Kind::matrix; });
}

MethodChoice choose_method(const limit::Module& module, const std::vector<InputRotation>& rotations,
                           const WorkFacts& facts, const MethodRequest& request, diag::Engine& diagnostics) {
  const bool affine = passes::is_affine(module);
  const int64_t dimensions = gaussian_dimensions(module, rotations);
  const bool automatic = request.method == Method::automatic;
  const int64_t nodes =
      request.method == Method::quadrature ? request.samples.value_or(quadrature_nodes) : quadrature_nodes;
  const std::string obstacle = quadrature_obstacle(module, dimensions, nodes);
  const auto non_smooth = non_smooth_primitive(module);

  if (request.method == Method::exact && !affine) {
    diagnostics.report(diag::Kind::method_not_applicable,
                       {{"method", "exact"}, {"why", "the network is not affine in its random variables"}});
  }
  if (request.method == Method::quadrature && !obstacle.empty()) {
    diagnostics.report(diag::Kind::method_not_applicable, {{"method", "quadrature"}, {"why", obstacle}});
  }
  if (request.method == Method::exact || (automatic && affine)) {
    return exact_choice(module, request, dimensions, "every operation is affine in the random variables");
  }
  if (request.method == Method::quadrature || (automatic && obstacle.empty() && !non_smooth)) {
    return quadrature_choice(request, nodes,
                             fmt::format("{} Gaussian dimensions and smooth nonlinearities", dimensions));
  }
  if (!automatic) return sampling_choice(module, facts, request, "as asked");
  return sampling_choice(
      module, facts, request,
      fmt::format("not exact: the network is not affine; not quadrature: {}",
                  !obstacle.empty() ? obstacle : fmt::format("{} is not smooth", ir::primitive_name(*non_smooth))));
}

void warn_without_effect(const MethodRequest& request, const MethodChoice& choice, bool keeps_directions,
                         diag::Engine& diagnostics) {
  const tp_method method = choice.settings.method;
  const bool sampled = method == TP_METHOD_QMC || method == TP_METHOD_MC;
  const bool counted =
      method == TP_METHOD_QUADRATURE ? request.method == Method::quadrature : choice.settings.samples > 0;
  const std::string not_sampled = "the method is " + method_name(method) + "; `--method qmc` samples";
  const auto warn = [&](const char* option, bool given, bool acts, const std::string& why) {
    if (!given || acts) return;
    diagnostics.report(diag::Kind::option_without_effect, {{"option", option}, {"why", why}});
  };
  warn("--samples", request.samples.has_value(), counted, not_sampled);
  warn("--replicas", request.replicas.has_value(), sampled, not_sampled);
  const bool at_points = sampled || (method == TP_METHOD_QUADRATURE && !choice.settings.equally_spaced);
  warn("--rotation", !request.rotate_to_data, at_points, not_sampled);
  warn("--tol", request.tolerance.has_value(), keeps_directions, "no matrix meets directions that are stored here");
}

std::string method_name(tp_method method) {
  switch (method) {
    case TP_METHOD_QMC: return "qmc";
    case TP_METHOD_MC: return "mc";
    case TP_METHOD_QUADRATURE: return "quadrature";
    case TP_METHOD_EXACT: break;
  }
  return "exact";
}

std::string describe_method(const LimitSettings& settings) {
  switch (settings.method) {
    case TP_METHOD_QMC:
      return fmt::format("randomised quasi-Monte Carlo, {} samples x {} scramblings", settings.samples,
                         settings.replicas);
    case TP_METHOD_MC: return fmt::format("Monte Carlo, {} samples x {} replicas", settings.samples, settings.replicas);
    case TP_METHOD_QUADRATURE:
      return fmt::format("{} quadrature, {} nodes a dimension",
                         settings.equally_spaced ? "trapezoidal" : "Gauss-Hermite", settings.samples);
    case TP_METHOD_EXACT: break;
  }
  return settings.samples == 0 ? "exact, closed form" : fmt::format("exact, {} coordinates", settings.samples);
}

SampleCounts choose_sample_counts(const limit::Module& module, const WorkFacts& facts, std::optional<int64_t> samples,
                                  std::optional<int64_t> replicas) {
  SampleCounts last;
  for (int64_t candidate_samples : sample_ladder) {
    const int64_t points = samples.value_or(candidate_samples);
    const Work work = estimate_work(module, facts, points);
    for (int64_t candidate_replicas : replica_ladder) {
      last = {points, replicas.value_or(candidate_replicas)};
      const auto count = static_cast<double>(last.replicas);
      if (work.flops * count <= default_flops && work.bytes * count <= default_bytes) return last;
    }
  }
  return last;
}

}  // namespace tpc::evaluation
