#include <algorithm>
#include <cmath>

#include "driver/report/page/sections.h"
#include "driver/report/plot/heat_map.h"
#include "driver/report/plot/word_map.h"
#include "driver/report/vectors_report.h"
#include "fmt/format.h"

namespace tpc::driver::page {
namespace {

RowGroups groups_of(const ChosenExamples& examples) {
  RowGroups groups;
  for (const ExampleGroup& group : examples.groups) groups.emplace_back(group.name, group.count);
  return groups;
}

double norm(const std::vector<double>& numbers) {
  double squares = 0.0;
  for (const double number : numbers) squares += number * number;
  return std::sqrt(squares);
}

/// Of one recorded step.
std::vector<double> matrix_at(const RecordedSeries& series, size_t recorded) {
  const auto numbers = static_cast<std::ptrdiff_t>(series.numbers());
  const auto first = series.values.mean.begin() + static_cast<std::ptrdiff_t>(recorded) * numbers;
  return {first, first + numbers};
}

std::string gram_figures(const ChosenExamples& examples, const std::string& name, const RecordedSeries& series,
                         const std::vector<int64_t>& steps) {
  const RowGroups groups = groups_of(examples);
  const std::vector<double> before = matrix_at(series, 0);
  const std::string heading = "<h3>Gram matrix of <code>" + escaped(name) + "</code></h3>\n";
  if (steps.size() < 2)
    return heading + figures(figure("", heat_map("Gram matrix of " + name, before, groups, scale_of({&before}))));
  const std::vector<double> after = matrix_at(series, steps.size() - 1);
  std::vector<double> change(before.size());
  for (size_t i = 0; i < change.size(); ++i) change[i] = after[i] - before[i];
  // In one scale, unless the smaller one would be of one colour there.
  constexpr double much = 4.0;
  const bool alike = norm(after) < much * norm(before) && norm(before) < much * norm(after);
  const ColorScale common = scale_of({&before, &after});
  const auto map = [&](const std::string& when, const std::vector<double>& matrix) {
    return figure(when,
                  heat_map("Gram matrix of " + name + " " + when, matrix, groups, alike ? common : scale_of({&matrix})),
                  alike ? "" : "In a scale of its own.");
  };
  const std::string growth = fmt::format(
      "The change has {:.3g} times the Frobenius norm of the matrix before training.", norm(change) / norm(before));
  return heading +
         figures(map("before training", before) + map(fmt::format("after step {}", steps.back()), after) +
                 figure("change",
                        heat_map("Change of the Gram matrix of " + name, change, groups, scale_of_changes(change)),
                        growth));
}

/// Rows and columns of the examples that are shown.
std::vector<double> part_of(const std::vector<double>& matrix, size_t points, const std::vector<size_t>& shown) {
  std::vector<double> part;
  for (const size_t row : shown) {
    for (const size_t column : shown) part.push_back(matrix[row * points + column]);
  }
  return part;
}

std::string kernel_figures(const ChosenExamples& examples, const KernelResult& result) {
  const RowGroups groups = groups_of(examples);
  const auto points = static_cast<size_t>(result.points);
  const auto one = [&](const std::string& title, const std::vector<double>& matrix, const std::string& caption) {
    const std::vector<double> part = part_of(matrix, points, examples.points);
    return figure(title, heat_map(title, part, groups, scale_of({&part})), caption);
  };
  std::string inside = one("kernel", result.kernel.mean, "How a step on one example moves the output at another.");
  if (result.nngp)
    inside += one("covariance of the initial function", result.nngp->mean, "Of one output, over draws of the weights.");
  return figures(inside);
}

std::string kernel_html(const Material& material) {
  const KernelResult& kernel = *material.comparison->limit.kernel;
  const std::string rest = paragraph(
      "In this regime features stay as they were drawn: what training sees of the network is a kernel, which does not "
      "move.");
  if (kernel.tasks)
    return rest + note("A program that adapts to tasks has no matrix over examples: every task has its own.");
  if (material.examples.points.empty()) return rest + note("The data sets have no examples to be shown side by side.");
  return rest + paragraph("Over " + material.examples.description + ".") + kernel_figures(material.examples, kernel);
}

std::string grams_html(const Material& material) {
  const Trajectory& run = material.comparison->reference;
  std::string text;
  for (const ObservedFeature& feature : material.features) {
    const auto series = std::ranges::find(run.observed, feature.key, &RecordedSeries::name);
    if (series == run.observed.end() || run.steps_recorded.empty()) continue;
    text += gram_figures(material.examples, feature.name, *series, run.steps_recorded);
  }
  if (text.empty() && !material.session->plan.vectors.empty()) return "";
  if (text.empty()) {
    return note(
        "No hidden vector is shown: the outputs are read from none, or examples have none of their own. `observe "
        "gram(z)` in the program names one.");
  }
  return paragraph("Inner products of hidden vectors, averaged over the width, E[Z_i Z_j] in the limit, over " +
                   material.examples.description +
                   ": the vectors that outputs are read from, and those that the program observes.") +
         text;
}

/// What is observed of rows with names, in tables, and pictures of those in `observe pca(..)`.
std::string words_html(const Material& material) {
  const TrainingPlan& plan = material.session->plan;
  const Trajectory& run = material.comparison->reference;
  const std::string tables = vectors_text(plan, run);
  if (tables.empty()) return "";
  std::string text = "<h3>Vectors of names after training</h3>\n<pre tabindex=\"0\">" + escaped(tables) + "</pre>\n";
  for (const VectorResult& result : vector_results(plan, run)) {
    if (result.observed.kind != sema::NamedVectors::Kind::pca) continue;
    constexpr svg::Panel::Place place = {58.0, 34.0, 755.0, 560.0};
    text += "<div class=\"scroll\" tabindex=\"0\">" +
            figure("", svg::inline_picture(840.0, 650.0, "Principal coordinates: " + result.observed.name,
                                           word_map(place, result))) +
            "</div>\n";
  }
  return text;
}

}  // namespace

Section features_section(const Material& material) {
  Section section{"features", "Features before and after training", ""};
  if (!material.comparison) {
    section.html = missing_training(material);
    return section;
  }
  section.html = material.comparison->limit.kernel ? kernel_html(material) : grams_html(material);
  section.html += words_html(material);
  return section;
}

}  // namespace tpc::driver::page
