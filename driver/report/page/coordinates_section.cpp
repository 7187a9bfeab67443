#include <cmath>

#include "driver/report/page/sections.h"
#include "driver/report/plot/coordinate_plot.h"
#include "driver/report/table.h"
#include "fmt/format.h"

namespace tpc::driver::page {
namespace {

/// Two digits say all where there is no error, as of two widths.
std::string slope_text(const MeasuredSlope& measured) {
  if (!measured.slope) return "-";
  return std::isnan(measured.error) ? fmt::format("{:.2f}", *measured.slope)
                                    : value_with_error(*measured.slope, measured.error);
}

std::string predicted_text(const MeasuredSlope& measured) {
  if (!measured.predicted) return "";
  return measured.predicted->finite() ? measured.predicted->str() : "0 for ever";
}

std::string agreement_text(const CheckedValue& checked, size_t step) {
  const bool off = checked.value[step].disagrees() || checked.change[step].disagrees();
  return off ? "off" : "";
}

constexpr size_t most_rows = 12;  // that are read without being asked for

/// At the last step, a row a value.
std::string slopes_table(const CoordinateCheck& check) {
  const size_t last = check.steps.size() - 1;
  std::vector<std::vector<std::string>> rows;
  for (const CheckedValue& checked : check.values) {
    rows.push_back({checked.name, slope_text(checked.value[last]), predicted_text(checked.value[last]),
                    slope_text(checked.change[last]), predicted_text(checked.change[last]),
                    agreement_text(checked, last)});
  }
  return table({{"value"}, {"size ~ n^", true}, {"predicted", true}, {"change ~ n^", true}, {"predicted", true}, {""}},
               rows);
}

}  // namespace

Section coordinates_section(const Material& material) {
  Section section{"coordinates", "Coordinate check", ""};
  if (!material.coordinates) {
    section.html = material.no_training.empty() ? note("It could not be made.", material.said_of_coordinates)
                                                : note("There is no training.", material.no_training);
    return section;
  }
  const CoordinateCheck& check = *material.coordinates;
  if (check.values.empty() || check.steps.empty()) {
    section.html = note("No value of the network has a name.", material.said_of_coordinates);
    return section;
  }
  section.html = paragraph(fmt::format(
      "How the size of every named value, and its change since initialisation, scale with the width after {} steps: "
      "measured in networks, and predicted by the exponents of the program (dashed). Predictions are upper bounds for "
      "late steps.",
      check.steps.back()));
  if (!material.said_of_coordinates.empty()) section.html += note("Warnings:", material.said_of_coordinates);
  const CoordinatePictures pictures = coordinate_pictures(*material.session, check);
  section.html += legend_html(pictures.legend);
  std::string inside;
  for (const PagePicture& each : pictures.panels) inside += figure(each.title, each.svg);
  section.html += figures(inside);
  if (pictures.left_out > 0) {
    section.html += paragraph(fmt::format("{} more values are in the table alone.", pictures.left_out));
  }
  section.html += slopes_table(check) +
                  paragraph("off: farther from the prediction than 0.15 and three standard errors of the fit.");
  return section;
}

}  // namespace tpc::driver::page
