/// \file The sections of a report, a file each: what there is of the material, or why it is not there.
#pragma once

#include "driver/report/page/material.h"
#include "driver/report/page/page.h"
#include "driver/report/plot/svg.h"
#include "driver/shown_equations.h"

namespace tpc::driver::page {

/// The title, the verdict in a line, and the numbers to be seen first.
Head head(const Material& material);

Section program_section(const Material& material);         ///< its text, in colours
Section classification_section(const Material& material);  ///< exponents of the weights and the reasons
Section phase_section(const Material& material);           ///< regimes around the program's parametrization
Section equations_section(const ShownEquations& shown);
/// The same without the equations: why there are none.
Section no_equations_section(const std::string& why);
Section training_section(const Material& material);     ///< losses, accuracies, outputs, with errors
Section features_section(const Material& material);     ///< Gram matrices before and after, or the kernels
Section coordinates_section(const Material& material);  ///< powers of the width, measured and predicted
Section convergence_section(const Material& material);  ///< networks of several widths beside the limit
Section provenance_section(const Material& material);   ///< where all of this comes from, and its numbers as JSON

/// Where there is no training: why, in a note.
std::string missing_training(const Material& material);

/// Curves and their names, as a list.
std::string legend_html(const std::vector<svg::LegendEntry>& entries);

/// A report: all of them.
std::string report_html(const Material& material);

}  // namespace tpc::driver::page
