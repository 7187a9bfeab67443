#include "evaluation/compiled/method.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "evaluation/compiled/node_counts.h"
#include "fmt/format.h"
#include "passes/gaussian/smoothness.h"
#include "passes/limit/derive_limit.h"
#include "passes/limit/piecewise_linear.h"
#include "passes/limit/polynomial_degree.h"

namespace tpc::evaluation {
namespace {

namespace limit = ir::limit;

/// Nodes a dimension to begin with. By default quadrature is chosen only if that many are affordable, and given up for
/// sampling if all that are leave an error above `most_error`.
constexpr int64_t first_nodes = 32;
constexpr int64_t fewest_nodes = 3;  // there is a coarser rule to compare with
constexpr double most_quadrature_error = 1e-4;

/// Work one run takes by default, if the least counts do not take more: about four seconds on two cores.
constexpr double default_flops = 1.5e11, default_bytes = 6.0e8;
/// And what many replicas work with: gradients by the output stand for every example and output.
constexpr double default_call_bytes = 1.5e9;

/// Counts to choose from, the most accurate first. Functions of two points cost M^2, while their error falls like
/// M^(-3/4), and their bias is below 1e-3 of the outputs from 512 points on: fewer points, more scramblings.
constexpr std::array<int64_t, 4> sample_ladder = {16384, 8192, 4096, 2048};
constexpr std::array<int64_t, 3> pair_sample_ladder = {2048, 1024, 512};
/// A vector has that many points at least, on whatever share of them it lives, unless there is no room.
constexpr double fewest_points = 512;
constexpr std::array<int64_t, 4> replica_ladder = {12, 8, 6, 4};
/// Where the output starts as a Gaussian process, which every replica draws anew, its spread is the largest error by
/// far: as many replicas as one can have. The bias of M points grows with the number of directions that matrices meet
/// (300 digits of 10 classes: 6 % of the accuracy at 256 points, none to be seen at 1024).
constexpr std::array<int64_t, 2> noise_sample_ladder = {1024, 512};
constexpr std::array<int64_t, 3> noise_replica_ladder = {128, 64, 32};

/// Of the sample points, that vectors of the shortest width have (passes/limit/shares_of_points.h).
double smallest_share(const limit::Module& module) {
  double smallest = 1.0;
  for (const ir::State& state : module.states) {
    if (state.init.kind == ir::InitKind::share) smallest = std::min(smallest, state.init.value);
  }
  return smallest;
}

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

/// What methods are chosen by.
struct Facts {
  const limit::Module& module;
  const WorkFacts& work;
  const MethodRequest& request;
  int64_t dimensions;             ///< Gaussian ones of the initial state
  std::optional<int64_t> degree;  ///< of polynomials in expectations; none: not all are polynomials
  std::optional<ir::Primitive> non_smooth;

  [[nodiscard]] NodeRule rule() const { return degree ? NodeRule::hermite : NodeRule::trapezoidal; }
  [[nodiscard]] int64_t most_nodes() const { return most_affordable_nodes(module, work, rule(), dimensions); }
  /// 2 n > degree; nothing: no number of nodes is exact.
  [[nodiscard]] std::optional<int64_t> exact_nodes() const {
    return degree ? std::optional(*degree / 2 + 1) : std::nullopt;
  }
};

constexpr auto random_start = "the output starts as a Gaussian process, of which many draws are averaged";

/// Why quadrature with so many nodes cannot be used at all; empty: it can.
std::string quadrature_obstacle(const Facts& facts, int64_t nodes) {
  if (draws_its_start(facts.module)) return random_start;
  if (nodes > most_nodes) return fmt::format("it takes at most {} nodes a dimension", most_nodes);
  if (has_matrix(facts.module)) {
    return "a matrix that grows in both directions brings new Gaussian dimensions at every step";
  }
  if (nodes <= facts.most_nodes()) return {};
  return fmt::format("{} Gaussian dimensions with {} nodes each are too many points", facts.dimensions, nodes);
}

/// Why polynomials cannot be integrated exactly; empty: they can.
std::string polynomial_obstacle(const Facts& facts) {
  const std::string obstacle = quadrature_obstacle(facts, *facts.exact_nodes() + 1);
  if (obstacle.empty()) return {};
  const bool beyond = *facts.degree >= passes::most_polynomial_degree;
  return fmt::format("training makes polynomials of degree {}{} of the initial weights, and {}",
                     beyond ? "at least " : "", *facts.degree, obstacle);
}

/// Why the space of the Gaussians is not cut into cones on which everything is linear; empty: it can be.
std::string cone_obstacle(const Facts& facts) {
  constexpr int64_t most_dimensions = 3;  // of cones (evaluation/limit/cones.h)
  constexpr double most_cones = 4e3;
  if (facts.work.pair_blocks > 0) return "it is a function of pairs of points";
  if (std::string obstacle = passes::obstacle_to_cones(facts.module); !obstacle.empty()) return obstacle;
  // Every example of every step bends its nonlinearities along a surface of its own; those of outputs that are recorded
  // do not stay.
  const auto kinks = static_cast<double>(facts.work.steps * facts.work.batch + facts.work.evaluated);
  const double cones = std::pow(std::max(1.0, kinks), static_cast<double>(facts.dimensions - 1));
  if (facts.dimensions >= 1 && facts.dimensions <= most_dimensions && cones <= most_cones) return {};
  return fmt::format("its kinks cut the space of {} Gaussian dimensions into too many cones", facts.dimensions);
}

/// Why the limit cannot be evaluated exactly; empty: it can.
std::string exactness_obstacle(const Facts& facts) {
  if (draws_its_start(facts.module)) return random_start;
  constexpr auto not_affine = "the network is not affine in its random variables";
  if (passes::is_affine(facts.module)) return {};
  if (!facts.degree) return not_affine;
  const std::string obstacle = polynomial_obstacle(facts);
  return obstacle.empty() ? obstacle : fmt::format("{}, and {}", not_affine, obstacle);
}

LimitSettings base_settings(const MethodRequest& request) {
  LimitSettings settings;
  settings.seed = request.seed;
  settings.threads = request.threads;
  settings.first_replica = request.first_replica;
  settings.tolerance = request.tolerance.value_or(automatic_tolerance);
  return settings;
}

MethodChoice base_choice(const MethodRequest& request, std::string why) {
  MethodChoice choice{base_settings(request), std::move(why)};
  choice.precision = request.precision.value_or(TP_F64);
  return choice;
}

MethodChoice exact_choice(const Facts& facts, std::string why) {
  MethodChoice choice = base_choice(facts.request, std::move(why));
  choice.settings.method = TP_METHOD_EXACT;
  // One for each Gaussian dimension and one for the constant 1. Matrices bring new ones at every step: then it is where
  // to start, and the run doubles them when they are used up.
  const int64_t all = facts.dimensions + 1;
  choice.settings.samples =
      facts.request.samples.value_or(has_matrix(facts.module) ? std::max<int64_t>(256, 2 * all) : all);
  choice.settings.replicas = 1;
  return choice;
}

MethodChoice quadrature_choice(const Facts& facts, int64_t nodes, std::string why) {
  MethodChoice choice = base_choice(facts.request, std::move(why));
  choice.settings.method = TP_METHOD_QUADRATURE;
  choice.settings.samples = choice.most_nodes = nodes;
  choice.settings.replicas = 1;
  choice.settings.rule = facts.rule();
  choice.settings.dimensions = facts.dimensions;
  return choice;
}

/// As many nodes as the request says, or from `first_nodes` on as many as the error needs.
MethodChoice quadrature_choice(const Facts& facts) {
  const bool automatic = facts.request.method == Method::automatic;
  const std::string why = fmt::format("{} Gaussian dimensions and {}", facts.dimensions,
                                      facts.non_smooth ? "as asked" : "smooth nonlinearities");
  if (!automatic && facts.request.samples) return quadrature_choice(facts, *facts.request.samples, why);
  MethodChoice choice = quadrature_choice(facts, std::min(first_nodes, facts.most_nodes()), why);
  choice.most_nodes = facts.most_nodes();
  if (automatic) choice.most_error = most_quadrature_error;
  return choice;
}

/// The points are as many as the cones turn out to have.
MethodChoice cone_choice(const Facts& facts) {
  MethodChoice choice = quadrature_choice(
      facts, 0,
      fmt::format("the network is linear in its initial weights within cones of the {} Gaussian dimensions, which are "
                  "cut wherever a nonlinearity bends",
                  facts.dimensions));
  choice.settings.rule = NodeRule::cones;
  return choice;
}

MethodChoice polynomial_choice(const Facts& facts) {
  MethodChoice choice = quadrature_choice(
      facts, *facts.exact_nodes(),
      fmt::format("training makes polynomials of degree {} of the initial weights, whose expectations {} Gauss-Hermite "
                  "nodes in each of {} Gaussian dimensions give exactly",
                  *facts.degree, *facts.exact_nodes(), facts.dimensions));
  choice.settings.to_rounding = true;
  return choice;
}

/// Where more directions are met than are stored, M points have an error of about M^(-1/2) of the outputs. Rounding to
/// single precision makes one of 1e-6, and where it changes how many directions of the updates are kept, one that falls
/// with M as that of the points does and stays below a tenth of it (digits: bench/README.md).
bool error_hides_single_precision(const limit::Module& module, const WorkFacts& facts, const SampleCounts& counts) {
  return meets_more_than_is_stored(module, facts) && counts.samples * counts.replicas <= int64_t{1} << 20;
}

MethodChoice sampling_choice(const limit::Module& module, const WorkFacts& facts, const MethodRequest& request,
                             std::string why) {
  MethodChoice choice = base_choice(request, std::move(why));
  const SampleCounts counts = choose_sample_counts(module, facts, request.samples, request.replicas);
  choice.settings.method = request.method == Method::mc ? TP_METHOD_MC : TP_METHOD_QMC;
  choice.settings.samples = counts.samples;
  choice.settings.replicas = counts.replicas;
  if (!request.precision && error_hides_single_precision(module, facts, counts)) choice.precision = TP_F32;
  return choice;
}

}  // namespace

bool draws_its_start(const limit::Module& module) {
  return std::ranges::any_of(module.states,
                             [](const ir::State& state) { return state.init.kind == ir::InitKind::noise; });
}

bool has_matrix(const limit::Module& module) {
  return std::any_of(module.states.begin(), module.states.end(), [](const ir::State& state) {
    return state.type.kind == ir::Kind::matrix || state.type.kind == ir::Kind::pair;
  });
}

MethodChoice choose_method(const limit::Module& module, const std::vector<InputRotation>& rotations,
                           const WorkFacts& work, const MethodRequest& request, diag::Engine& diagnostics) {
  const Facts facts{module,
                    work,
                    request,
                    gaussian_dimensions(module, rotations),
                    passes::degree_of_expectations(module, work.steps),
                    non_smooth_primitive(module)};
  const bool automatic = request.method == Method::automatic;
  const auto refuse = [&](const char* method, const std::string& why) {
    diagnostics.report(diag::Kind::method_not_applicable, {{"method", method}, {"why", why}});
    return base_choice(request, "as asked");
  };
  const std::string not_exact = exactness_obstacle(facts);
  if (request.method == Method::exact && !not_exact.empty()) return refuse("exact", not_exact);
  if ((request.method == Method::exact || automatic) && not_exact.empty()) {
    if (passes::is_affine(module)) return exact_choice(facts, "every operation is affine in the random variables");
    return polynomial_choice(facts);
  }
  const bool quadrature = request.method == Method::quadrature;
  const std::string no_cones = facts.non_smooth ? cone_obstacle(facts) : std::string();
  if (facts.non_smooth && no_cones.empty() && (automatic || (quadrature && !request.samples)))
    return cone_choice(facts);
  const int64_t nodes = quadrature ? request.samples.value_or(fewest_nodes) : first_nodes;
  const std::string no_quadrature = quadrature_obstacle(facts, nodes);
  if (quadrature && !no_quadrature.empty()) return refuse("quadrature", no_quadrature);
  if (quadrature || (automatic && no_quadrature.empty() && !facts.non_smooth)) return quadrature_choice(facts);
  if (!automatic) return sampling_choice(module, work, request, "as asked");
  const std::string kinks =
      no_quadrature.empty() ? fmt::format("{} is not smooth, and {}", ir::primitive_name(*facts.non_smooth), no_cones)
                            : no_quadrature;
  const std::string why = kinks == not_exact ? fmt::format("neither exact nor quadrature: {}", kinks)
                                             : fmt::format("not exact: {}; not quadrature: {}", not_exact, kinks);
  return sampling_choice(module, work, request, why);
}

MethodChoice sampling_instead(const limit::Module& module, const WorkFacts& facts, const MethodRequest& request,
                              const std::string& why_not) {
  return sampling_choice(module, facts, request, why_not);
}

std::string remaining_error(const MethodChoice& tried, double error) {
  return fmt::format("not quadrature: with {} nodes in each of {} Gaussian dimensions its error is still {:.1g}",
                     tried.settings.samples, tried.settings.dimensions, error);
}

void warn_without_effect(const MethodRequest& request, const MethodChoice& choice, bool keeps_directions,
                         diag::Engine& diagnostics) {
  const tp_method method = choice.settings.method;
  const bool sampled = method == TP_METHOD_QMC || method == TP_METHOD_MC;
  const bool counted =
      method == TP_METHOD_QUADRATURE ? request.method == Method::quadrature : choice.settings.samples > 0;
  const std::string not_sampled = "the method is " + method_name(choice.settings) + "; `--method qmc` samples";
  const auto warn = [&](const char* option, bool given, bool acts, const std::string& why) {
    if (!given || acts) return;
    diagnostics.report(diag::Kind::option_without_effect, {{"option", option}, {"why", why}});
  };
  warn("--samples", request.samples.has_value(), counted, not_sampled);
  warn("--replicas", request.replicas.has_value(), sampled, not_sampled);
  const bool at_points =
      sampled || (method == TP_METHOD_QUADRATURE && choice.settings.rule != NodeRule::trapezoidal_sums);
  warn("--rotation", !request.rotate_to_data, at_points, not_sampled);
  warn("--tol", request.tolerance.has_value(), keeps_directions, "no matrix meets directions that are stored here");
}

std::string method_name(const LimitSettings& settings) {
  switch (settings.method) {
    case TP_METHOD_QMC: return "qmc";
    case TP_METHOD_MC: return "mc";
    case TP_METHOD_QUADRATURE: return settings.to_rounding ? "exact" : "quadrature";
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
      if (settings.to_rounding) {
        return fmt::format("exact, polynomials at {} Gauss-Hermite nodes a dimension", settings.samples);
      }
      if (settings.rule == NodeRule::cones) {
        return fmt::format("quadrature in cones without a kink, {} points", settings.samples);
      }
      return fmt::format("{} quadrature, {} nodes a dimension",
                         settings.rule == NodeRule::hermite ? "Gauss-Hermite" : "trapezoidal", settings.samples);
    case TP_METHOD_EXACT: break;
  }
  return settings.samples == 0 ? "exact, closed form" : fmt::format("exact, {} coordinates", settings.samples);
}

SampleCounts choose_sample_counts(const limit::Module& module, const WorkFacts& facts, std::optional<int64_t> samples,
                                  std::optional<int64_t> replicas) {
  const bool pairs =
      std::ranges::any_of(module.states, [](const ir::State& state) { return state.type.kind == ir::Kind::pair; });
  const bool noise = draws_its_start(module);
  const size_t skipped = meets_more_than_is_stored(module, facts) ? 0 : 1;
  const std::span<const int64_t> counts = noise   ? std::span<const int64_t>(noise_sample_ladder).subspan(skipped)
                                          : pairs ? std::span<const int64_t>(pair_sample_ladder)
                                                  : std::span<const int64_t>(sample_ladder);
  const auto replica_counts =
      noise ? std::span<const int64_t>(noise_replica_ladder) : std::span<const int64_t>(replica_ladder);
  SampleCounts last;
  for (int64_t candidate_samples : counts) {
    const bool too_few = static_cast<double>(candidate_samples) * smallest_share(module) < fewest_points;
    if (too_few && last.samples > 0) break;
    const int64_t points = samples.value_or(candidate_samples);
    const Work work = estimate_work(module, facts, points);
    for (int64_t candidate_replicas : replica_counts) {
      last = {points, replicas.value_or(candidate_replicas)};
      const auto count = static_cast<double>(last.replicas);
      const bool fits = !noise || work.call_bytes * count <= default_call_bytes;
      if (fits && work.flops * count <= default_flops && work.bytes * count <= default_bytes) return last;
    }
  }
  return last;
}

}  // namespace tpc::evaluation
