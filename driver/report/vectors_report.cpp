#include "driver/report/vectors_report.h"

#include <algorithm>
#include <cmath>

#include "driver/report/json.h"
#include "driver/report/table.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

using Form = sema::NamedVectors::Kind;

/// Text has room for so many rows.
constexpr size_t most_rows = 40;

std::string name_of(const ObservedVectors& observed, int32_t word) {
  return std::string(observed.vocabulary->word(word));
}

// ---- JSON ----------------------------------------------------------------------------------------------------------

/// The shares of one row: all questions, or a section. null: no question was asked.
void add_shares(Json& json, const Estimates& values, size_t row, const QuestionCount& count) {
  json["asked"] = count.asked;
  json["questions"] = count.all;
  const auto add = [&](const std::string& key, AnalogyShare share) {
    const size_t index = row * analogy_shares + static_cast<size_t>(share);
    const double error = values.error_at(index);
    json[key] = count.asked > 0 ? Json(values.mean[index]) : Json();
    json[key + "_stderr"] = count.asked > 0 && !std::isnan(error) ? Json(error) : Json();
  };
  add("exact", exact_share);
  add("own_section", own_share);
  add("reciprocal_rank", reciprocal_rank_share);
}

Json analogies_json(const VectorResult& result) {
  const auto& [observed, values] = result;
  Json json = {{"kind", "analogies"}};
  add_shares(json, values, 0, count_questions(observed.sections));
  json["sections"] = Json::array();
  for (size_t i = 0; i < observed.sections.size(); ++i) {
    Json section = {{"name", observed.sections[i].name}};
    add_shares(section, values, i + 1, count_questions(observed.sections[i]));
    json["sections"].push_back(std::move(section));
  }
  return json;
}

Json nearest_json(const VectorResult& result) {
  const auto& [observed, values] = result;
  const auto neighbours = nearest_names(observed, values.mean);
  Json json = {{"kind", "nearest"}, {"words", Json::array()}};
  for (size_t i = 0; i < neighbours.size(); ++i) {
    Json word = {{"word", name_of(observed, observed.list.words[i])}, {"neighbours", Json::array()}};
    for (const auto& [other, cosine] : neighbours[i]) {
      word["neighbours"].push_back({{"word", name_of(observed, other)}, {"cosine", cosine}});
    }
    json["words"].push_back(std::move(word));
  }
  return json;
}

Json picture_json(const VectorResult& result) {
  const auto& [observed, values] = result;
  const PrincipalCoordinates picture = picture_coordinates(observed, values.mean);
  const auto components = static_cast<size_t>(picture.components);
  Json json = {{"kind", "pca"}, {"shares", picture.shares}, {"words", Json::array()}, {"pairs", Json::array()}};
  for (size_t i = 0; i < observed.list.words.size(); ++i) {
    const auto first = picture.coordinates.begin() + static_cast<std::ptrdiff_t>(i * components);
    json["words"].push_back(
        {{"word", name_of(observed, observed.list.words[i])},
         {"coordinates", std::vector<double>(first, first + static_cast<std::ptrdiff_t>(components))}});
  }
  for (const auto& [one, other] : observed.list.pairs) {
    json["pairs"].push_back(
        {name_of(observed, observed.list.words[one]), name_of(observed, observed.list.words[other])});
  }
  json["unknown"] = observed.list.unknown;
  return json;
}

// ---- text ----------------------------------------------------------------------------------------------------------

std::string analogies_text(const VectorResult& result) {
  const auto& [observed, values] = result;
  Table table({"section", "asked", "of", "exact", "among its own answers", "reciprocal rank"});
  const auto add = [&, &sections = observed.sections, &estimates = values](size_t row, const std::string& name,
                                                                           const QuestionCount& count) {
    std::vector<std::string> cells = {name, std::to_string(count.asked), std::to_string(count.all)};
    for (const AnalogyShare share : {exact_share, own_share, reciprocal_rank_share}) {
      const size_t index = row * analogy_shares + static_cast<size_t>(share);
      const double value = estimates.mean[index], error = estimates.error_at(index);
      cells.push_back(count.asked == 0                 ? "-"
                      : share == reciprocal_rank_share ? value_with_error(value, error)
                                                       : percent_with_error(value, error));
    }
    table.add(std::move(cells));
  };
  for (size_t i = 0; i < observed.sections.size(); ++i) {
    add(i + 1, observed.sections[i].name, count_questions(observed.sections[i]));
  }
  add(0, "all", count_questions(observed.sections));
  return table.text();
}

/// A word with the nearest ones, a line each.
std::string nearest_text(const VectorResult& result) {
  const auto& [observed, values] = result;
  const auto neighbours = nearest_names(observed, values.mean);
  size_t most = 0;
  for (const auto& of_word : neighbours) most = std::max(most, of_word.size());
  std::vector<std::string> headings = {"word"};
  for (size_t i = 0; i < most; ++i) headings.push_back(i == 0 ? "nearest" : std::to_string(i + 1));
  Table table(std::move(headings));
  for (size_t i = 0; i < std::min(neighbours.size(), most_rows); ++i) {
    std::vector<std::string> cells = {name_of(observed, observed.list.words[i])};
    for (const auto& [other, cosine] : neighbours[i])
      cells.push_back(fmt::format("{} {:.3f}", name_of(observed, other), cosine));
    table.add(std::move(cells));
  }
  return table.text();
}

std::string picture_text(const VectorResult& result) {
  const auto& [observed, values] = result;
  const PrincipalCoordinates picture = picture_coordinates(observed, values.mean);
  const auto components = static_cast<size_t>(picture.components);
  std::vector<std::string> headings = {"word"};
  for (double share : picture.shares) {
    headings.push_back(fmt::format("axis {} ({:.0f} %)", headings.size(), 100.0 * share));
  }
  Table table(std::move(headings));
  for (size_t i = 0; i < std::min(observed.list.words.size(), most_rows); ++i) {
    std::vector<std::string> cells = {name_of(observed, observed.list.words[i])};
    for (size_t k = 0; k < components; ++k) {
      cells.push_back(fmt::format("{:.3f}", picture.coordinates[i * components + k]));
    }
    table.add(std::move(cells));
  }
  std::string text = table.text();
  if (!observed.list.unknown.empty()) {
    text += fmt::format("  not in the vocabulary: {} of {}\n", observed.list.unknown.size(),
                        observed.list.unknown.size() + observed.list.words.size());
  }
  return text;
}

}  // namespace

std::vector<VectorResult> vector_results(const TrainingPlan& plan, const Trajectory& trajectory) {
  std::vector<VectorResult> results;
  for (const ObservedVectors& observed : plan.vectors) {
    const auto series = std::ranges::find(trajectory.vectors, observed.name, &RecordedSeries::name);
    if (series != trajectory.vectors.end()) results.push_back({observed, series->values});
  }
  return results;
}

void add_vectors_json(Json& json, const TrainingPlan& plan, const Trajectory& trajectory) {
  for (const VectorResult& result : vector_results(plan, trajectory)) {
    Json& observed = json["observe"][result.observed.name];
    switch (result.observed.kind) {
      case Form::analogies: observed = analogies_json(result); break;
      case Form::nearest: observed = nearest_json(result); break;
      case Form::pca: observed = picture_json(result); break;
    }
  }
}

std::string vectors_text(const TrainingPlan& plan, const Trajectory& trajectory) {
  std::string text;
  for (const VectorResult& result : vector_results(plan, trajectory)) {
    text += "\n" + result.observed.name + "\n";
    size_t rows = 0;
    switch (result.observed.kind) {
      case Form::analogies: text += analogies_text(result); break;
      case Form::nearest: text += nearest_text(result), rows = result.observed.list.words.size(); break;
      case Form::pca: text += picture_text(result), rows = result.observed.list.words.size(); break;
    }
    if (rows > most_rows) text += fmt::format("  the first {} of {}; -o writes all\n", most_rows, rows);
  }
  return text;
}

}  // namespace tpc::driver
