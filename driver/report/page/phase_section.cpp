#include "driver/phase_planes.h"

#include <algorithm>

#include "driver/report/page/sections.h"
#include "driver/report/plot/phase_plot.h"
#include "fmt/format.h"

namespace tpc::driver::page {
namespace {

std::string legend_of_regimes() {
  std::string text = "<ul class=\"legend\">\n";
  for (const auto& [regime, words] : phase_legend()) {
    text += fmt::format(
        "<li><svg viewBox=\"0 0 28 12\" aria-hidden=\"true\"><rect width=\"28\" height=\"12\" rx=\"2\" "
        "class=\"fill-{}\"/></svg>{}</li>\n",
        phase_class(regime), escaped(words));
  }
  return text + "</ul>\n";
}

std::string changes_table(const std::vector<ExponentChange>& changes) {
  std::vector<std::vector<std::string>> rows;
  for (const ExponentChange& change : changes) {
    const auto name = [](passes::Regime regime) { return std::string(passes::regime_name(regime)); };
    rows.push_back({change.weight, name(change.larger_start), name(change.smaller_start), name(change.larger_rate),
                    name(change.smaller_rate)});
  }
  return "<h3>What a change of one weight alone does</h3>\n" + table({{"weight"},
                                                                      {"starts larger, by n^(1/4)"},
                                                                      {"starts smaller"},
                                                                      {"larger learning rate, by n^(1/4)"},
                                                                      {"smaller learning rate"}},
                                                                     rows);
}

}  // namespace

Section phase_section(const Material& material) {
  Section section{"phases", "Where it stands among parametrizations", ""};
  const PhaseSpace& space = material.phases;
  if (!space.why_none.empty()) {
    section.html = note(space.why_none) + (space.changes.empty() ? "" : changes_table(space.changes));
    return section;
  }
  section.html =
      paragraph(
          "Planes through the exponents of the weights, each with this program in it. Axes are changes: what is named "
          "there "
          "becomes smaller by that power of the width, learning rates and initial sizes alike. Every piece is "
          "classified "
          "as the program itself is: regions, the sides between them, and corners. Named parametrizations are marked "
          "where they lie in a plane.") +
      legend_of_regimes();
  if (passes::is_entrywise(*material.classified->classification)) {
    section.html += paragraph(
        "The optimizer's eps scales with its gradients, wherever a point lies, unless the file says how they are "
        "scaled.");
  }
  if (passes::shown_regime(space.planes.front().diagram, space.planes.front().points.front().point) !=
      material.classified->classification->regime) {
    section.html += note("The program itself is of another regime: eps, as it is scaled there, dominates or vanishes.");
  }
  std::string pictures;
  for (const PhasePlane& plane : space.planes) {
    pictures += figure(plane.title, phase_picture(plane),
                       plane.diagram.confirmed ? "" : "Not exact: some of the points that were tried do not fit.");
  }
  section.html += figures(pictures) + changes_table(space.changes);
  return section;
}

}  // namespace tpc::driver::page
