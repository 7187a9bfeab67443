#include <algorithm>
#include <cmath>

#include "driver/report/page/sections.h"
#include "driver/report/plot/compare_plot.h"
#include "driver/report/table.h"
#include "equations/html.h"
#include "fmt/format.h"

namespace tpc::driver::page {
namespace {

std::string rate_text(const Comparison& comparison, const std::string& width) {
  if (comparison.random_start) {
    return "Networks start from different functions however wide they are: their means are compared, whose distance is "
           "mostly the noise of finitely many networks.";
  }
  if (!comparison.fit) return "";
  const std::string error = std::isnan(comparison.fit->error) ? "" : fmt::format(" ± {:.3f}", comparison.fit->error);
  return fmt::format(
      "The distance shrinks like {}^({:.3f}{}); expected is {}^(-1/2), from the fluctuations of a mean "
      "over the width. The limit's own standard error is {:.2g}.",
      width, comparison.fit->exponent, error, width, rms_error(comparison.reference));
}

std::string widths_table(const Comparison& comparison) {
  std::vector<std::vector<std::string>> rows;
  for (const ComparedWidth& compared : comparison.widths) {
    const WidthDifference& difference = compared.difference;
    rows.push_back({std::to_string(difference.width), std::to_string(compared.networks.size()),
                    value_with_error(difference.mean, difference.error)});
  }
  return table({{"width", true}, {"networks", true}, {"rms distance to the limit", true}}, rows);
}

std::string left_out(const Material& material) {
  std::string widths;
  for (const int64_t width : distinct_widths(material.options.widths)) {
    const bool done = std::ranges::any_of(
        material.comparison->widths, [&](const ComparedWidth& compared) { return compared.difference.width == width; });
    if (!done) widths += (widths.empty() ? "" : ", ") + std::to_string(width);
  }
  return widths.empty()
             ? ""
             : paragraph("Left out, as they would take long: width " + widths + " (--widths asks for them).");
}

}  // namespace

std::string legend_html(const std::vector<svg::LegendEntry>& entries) {
  std::string text = "<ul class=\"legend\">\n";
  for (const svg::LegendEntry& entry : entries) {
    text += "<li><svg viewBox=\"0 0 28 12\" aria-hidden=\"true\">" + svg::legend_line(1.0, 6.0, entry) + "</svg>" +
            escaped(entry.label) + "</li>\n";
  }
  return text + "</ul>\n";
}

Section convergence_section(const Material& material) {
  Section section{"convergence", "Convergence in width", ""};
  if (!material.comparison) {
    section.html = missing_training(material);
    return section;
  }
  const Comparison& comparison = *material.comparison;
  if (comparison.widths.empty()) {
    section.html = note("No networks were trained beside the limit.", material.said_of_training);
    return section;
  }
  const Session& session = *material.session;
  const std::string& width = session.program().width;
  section.html = paragraph("The same program at finite widths, each network with weights of its own.") +
                 legend_html(comparison_legend(width, comparison.widths, {}));
  std::string pictures;
  for (const PagePicture& each :
       comparison_pictures(session, comparison.reference, comparison.widths, comparison.fit)) {
    pictures += figure(each.title, each.svg);
  }
  section.html += figures(pictures) + "<p>" + equations::math::html_words(rate_text(comparison, width)) + "</p>\n" +
                  widths_table(comparison) + left_out(material);
  return section;
}

}  // namespace tpc::driver::page
