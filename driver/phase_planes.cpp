#include "driver/phase_planes.h"

#include <algorithm>
#include <optional>

#include "driver/advice.h"
#include "driver/exponent_space.h"
#include "frontend/lowering/lower.h"

namespace tpc::driver {
namespace {

using ir::Rational;
using passes::PlanePoint;
using Part = ExponentSpace::Part;

/// Instructions of a program beyond which a plane takes longer than anybody waits for, or can only be looked at
/// coarsely.
constexpr size_t most_instructions = 2500, fine_instructions = 700;

/// A plane, not yet classified.
struct Plane {
  std::string title, x_label, y_label;
  Exponents origin, x, y;

  [[nodiscard]] Exponents at(const PlanePoint& point) const { return plus(plus(origin, point.x, x), point.y, y); }
};

struct NamedExponents {
  std::string name;
  Exponents exponents;
};

/// The named parametrizations that fit the program.
std::vector<NamedExponents> named_exponents(const Compilation& compilation, const Options& options,
                                            const ExponentSpace& space) {
  std::vector<NamedExponents> named;
  for (const char* name : {
#define TPC_PARAMETRIZATION(name, ...) name,
#include "frontend/sema/parametrizations.def"
       }) {
    diag::Engine ignored;  // not every one fits every program
    const auto program = sema::check(compilation.syntax, {name, options.values}, *compilation.files, ignored);
    if (!program || ignored.has_errors()) continue;
    named.push_back({name, space.of(lowering::lower(sema::without_adaptation(*program)).states)});
  }
  return named;
}

/// Where in the plane these exponents are, if they are in it: least squares, and whether they leave nothing.
std::optional<PlanePoint> located(const Plane& plane, const Exponents& exponents) {
  const Exponents wanted = plus(exponents, -1, plane.origin);
  const Rational xx = dot(plane.x, plane.x), xy = dot(plane.x, plane.y), yy = dot(plane.y, plane.y);
  const Rational determinant = xx * yy - xy * xy;
  if (determinant.is_zero()) return std::nullopt;
  const Rational wx = dot(wanted, plane.x), wy = dot(wanted, plane.y);
  const PlanePoint point{(wx * yy - wy * xy) / determinant, (wy * xx - wx * xy) / determinant};
  return plane.at(point) == exponents ? std::optional(point) : std::nullopt;
}

/// The program first, then the named ones that are in the plane. Precondition: the program is in it.
std::vector<NamedPoint> points_in(const Plane& plane, const Exponents& own, const std::vector<NamedExponents>& named) {
  std::vector<NamedPoint> points = {{"this program", *located(plane, own)}};
  for (const auto& [name, exponents] : named) {
    const auto point = located(plane, exponents);
    if (!point) continue;
    const auto same = std::ranges::find(points, *point, &NamedPoint::point);
    if (same == points.end()) {
      points.push_back({name, *point});
    } else {
      same->name += (same->name == "this program" ? " = " : ", ") + name;
    }
  }
  return points;
}

/// Around all points, with as much room on every side as exponents move between parametrizations; those far away are
/// left out.
passes::PlaneFrame frame_around(std::vector<NamedPoint>& points) {
  const Rational room(1), farthest(2);
  const PlanePoint own = points.front().point;
  const auto is_far = [&](const NamedPoint& named) {
    const auto far = [&](const Rational& one, const Rational& other) {
      return std::max(one - other, other - one) > farthest;
    };
    return far(named.point.x, own.x) || far(named.point.y, own.y);
  };
  std::erase_if(points, is_far);
  passes::PlaneFrame frame{own, own};
  for (const auto& [name, point] : points) {
    frame.least = {std::min(frame.least.x, point.x), std::min(frame.least.y, point.y)};
    frame.most = {std::max(frame.most.x, point.x), std::max(frame.most.y, point.y)};
  }
  return {{frame.least.x - room, frame.least.y - room}, {frame.most.x + room, frame.most.y + room}};
}

/// A plane along two directions from the program; nothing, if there is only one.
void add_plane(std::vector<Plane>& planes, const Exponents& own, const std::string& x_name, const Exponents& x,
               const std::string& y_name, const Exponents& y) {
  if (is_zero(x) || is_zero(y)) return;
  planes.push_back({x_name + " × " + y_name, x_name + ": times n^(−x)", y_name + ": times n^(−y)", own, x, y});
}

/// The planes that show most: all rates against the start of the readout, rates of kinds of weight against each other,
/// and the plane that named parametrizations span.
std::vector<Plane> planes_of(const ExponentSpace& space, const Exponents& own,
                             const std::vector<NamedExponents>& named) {
  std::vector<Plane> planes;
  const Exponents inputs = space.direction(Part::rate, {ir::Role::input, ir::Role::vector}),
                  hidden = space.direction(Part::rate, {ir::Role::hidden}),
                  outputs = space.direction(Part::rate, {ir::Role::output});
  add_plane(planes, own, "all rates", space.direction(Part::rate, {}), "initial readout",
            space.direction(Part::scale, {ir::Role::output}));
  add_plane(planes, own, "input-like rates", inputs, "hidden rates", hidden);
  add_plane(planes, own, is_zero(hidden) ? "input-like rates" : "hidden rates", is_zero(hidden) ? inputs : hidden,
            "readout rate", outputs);
  const auto find = [&](const std::string& name) { return std::ranges::find(named, name, &NamedExponents::name); };
  const auto mup = find("mup"), ntp = find("ntp"), sp = find("sp");
  if (mup == named.end() || ntp == named.end() || sp == named.end()) return planes;
  const Plane spanned{"through mup, sp and ntp",
                      "from mup (0) to sp (1)",
                      "from mup (0) to ntp (1)",
                      mup->exponents,
                      plus(sp->exponents, -1, mup->exponents),
                      plus(ntp->exponents, -1, mup->exponents)};
  if (located(spanned, own)) planes.push_back(spanned);
  return planes;
}

size_t instructions(const ir::tp::Module& module) {
  size_t count = 0;
  for (const auto& function : module.functions) count += function.body.size();
  return count;
}

/// An entrywise optimizer whose eps is scaled with its gradients, wherever a point lies, updates as sign descent does
/// (passes/update/faithful_scales.h). Where the file says d itself, it stays and decides.
ir::OptimizerSettings faithful(ir::OptimizerSettings optimizer, const std::vector<ir::State>& states) {
  auto* entrywise = std::get_if<ir::EntrywiseSettings>(&optimizer);
  const bool is_given = std::ranges::any_of(states, [](const ir::State& state) { return state.d.has_value(); });
  if (entrywise != nullptr && !is_given) entrywise->rule = ir::EntrywiseRule::signsgd;
  return optimizer;
}

/// Regimes of points of the space, by the analysis of the changed program.
class Regimes {
 public:
  Regimes(const Compilation& compilation, const Options& options)
      : points_(points_of(compilation, options)),
        space_(compilation.finite_width->states, points_.rate_invariant()),
        own_(space_.of(compilation.finite_width->states)) {}

  [[nodiscard]] const ExponentSpace& space() const { return space_; }
  [[nodiscard]] const Exponents& own() const { return own_; }
  passes::Regime at(const Exponents& exponents) {
    return points_.at(space_.states_at(exponents)).classification.regime;
  }

  [[nodiscard]] std::vector<ExponentChange> changes() {
    std::vector<ExponentChange> all;
    const Rational step(1, 4);
    for (const std::string& weight : space_.families()) {
      const Exponents scale = space_.direction_of_family(Part::scale, weight),
                      rate = space_.direction_of_family(Part::rate, weight);
      all.push_back({weight, at(plus(own_, -step, scale)), at(plus(own_, step, scale)), at(plus(own_, -step, rate)),
                     at(plus(own_, step, rate))});
    }
    return all;
  }

 private:
  static passes::mup::Points points_of(const Compilation& compilation, const Options& options) {
    passes::mup::Points points = program_points(compilation, options);
    if (!compilation.program->train) return points;
    return {points.forward(), faithful(compilation.program->train->optimizer, compilation.finite_width->states)};
  }

  passes::mup::Points points_;
  ExponentSpace space_;
  Exponents own_;
};

}  // namespace

PhaseSpace phase_space(const Compilation& compilation, const Options& options, evaluation::Monitor& monitor) {
  using evaluation::KeptWhenStopped;
  PhaseSpace result;
  const size_t size = instructions(*compilation.training_step);
  if (size > most_instructions) {
    result.why_none = "Classifying thousands of points takes too long for a program of this size.";
    return result;
  }
  Regimes regimes(compilation, options);
  const std::vector<NamedExponents> named = named_exponents(compilation, options, regimes.space());
  const Rational step = size > fine_instructions ? Rational(1, 2) : Rational(1, 4);
  const std::vector<Plane> planes = planes_of(regimes.space(), regimes.own(), named);
  const auto watch = monitor.begin("parametrizations", static_cast<int64_t>(planes.size()), KeptWhenStopped::no);
  for (const Plane& plane : planes) {
    PhasePlane shown{plane.title, plane.x_label, plane.y_label, points_in(plane, regimes.own(), named), {}};
    watch->update(static_cast<int64_t>(result.planes.size()));
    const passes::PlaneFrame frame = frame_around(shown.points);
    shown.diagram =
        passes::phase_diagram(frame, step, [&](const PlanePoint& point) { return regimes.at(plane.at(point)); });
    result.planes.push_back(std::move(shown));
  }
  result.changes = regimes.changes();
  if (result.planes.empty()) result.why_none = "The program has no two kinds of weight to change against each other.";
  return result;
}

}  // namespace tpc::driver
