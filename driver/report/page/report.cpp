#include "driver/report/end_values.h"
#include "driver/report/json.h"
#include "driver/report/page/sections.h"
#include "driver/report/provenance_json.h"
#include "driver/report/run_json.h"
#include "driver/report/table.h"
#include "driver/words.h"
#include "fmt/format.h"

namespace tpc::driver::page {
namespace {

/// Of the numbers at the end those that are looked for first: a loss, and what is held out.
void add_end_values(const Material& material, std::vector<Fact>& facts) {
  if (!material.comparison) return;
  const Trajectory& run = material.comparison->reference;
  if (!run.complete() || run.steps_recorded.empty()) return;
  for (const EndValue& value : end_values(material.session->plan, run)) {
    if (value.kind == EndValue::Kind::accuracy) {
      facts.push_back({"accuracy on " + value.set, percent_with_error(value.value, value.error)});
    } else {
      facts.push_back({value.set.empty() ? "training loss at the end" : "loss on " + value.set + " at the end",
                       value_with_error(value.value, value.error)});
    }
  }
}

void add_rate(const Material& material, std::vector<Fact>& facts) {
  if (!material.comparison || !material.comparison->fit) return;
  const PowerFit& fit = *material.comparison->fit;
  facts.push_back({"networks approach it like",
                   material.classified->program->width + "^(" + value_with_error(fit.exponent, fit.error) + ")"});
}

void add_check(const Material& material, std::vector<Fact>& facts) {
  if (!material.coordinates || material.coordinates->values.empty() || material.coordinates->steps.empty()) return;
  const size_t last = material.coordinates->steps.size() - 1;
  size_t agreeing = 0;
  for (const CheckedValue& value : material.coordinates->values) {
    if (!value.value[last].disagrees() && !value.change[last].disagrees()) ++agreeing;
  }
  facts.push_back(
      {"values that scale as predicted", fmt::format("{} of {}", agreeing, material.coordinates->values.size())});
}

/// The result of the run, but for what has too many numbers for a page.
Json shown_numbers(const Material& material) {
  constexpr size_t most_letters = 50000;
  Json shown = Json::object(), left_out = Json::array();
  if (!material.comparison) return shown;
  const Json whole = limit_json(*material.session, material.comparison->limit);
  for (const auto& [key, value] : whole.items()) {
    if (value.dump().size() <= most_letters) {
      shown[key] = value;
    } else {
      left_out.push_back(key);
    }
  }
  if (!left_out.empty()) shown["left_out"] = std::move(left_out);
  return shown;
}

std::string hash_text(const HashedFile& file) { return file.sha256.value_or("a pipe"); }

}  // namespace

Head head(const Material& material) {
  const sema::Program& program = *material.classified->program;
  const passes::Classification& classification = *material.classified->classification;
  Head head{program.model, "", {}};
  head.subtitle = "Parametrization <strong>" + escaped(program.parametrization) +
                  "</strong>: " + escaped(regime_words(classification)) +
                  (material.interrupted ? ". <strong>Interrupted: not everything was computed.</strong>" : "");
  head.facts.push_back({"regime", verdict(classification)});
  add_end_values(material, head.facts);
  add_rate(material, head.facts);
  add_check(material, head.facts);
  return head;
}

Section provenance_section(const Material& material) {
  const Compilation& compilation = *material.classified;
  const Provenance provenance = provenance_of(compilation, material.options);
  std::vector<std::vector<std::string>> rows = {{"tpc", provenance.version},
                                                {provenance.program.path, hash_text(provenance.program)}};
  for (const HashedFile& file : provenance.data) rows.push_back({file.path, hash_text(file)});
  for (const auto& [name, value] : material.options.values) rows.push_back({"--set " + name, value});
  if (material.options.parametrization) rows.push_back({"--param", *material.options.parametrization});
  rows.push_back({"seed", std::to_string(material.options.seed)});
  std::string html = paragraph("Files by their SHA-256.") + table({{"what"}, {"version, hash or setting"}}, rows);
  Json json = shown_numbers(material);
  json["provenance"] = provenance_json(provenance, material.options);
  std::string text = json_text(json);
  html += "<details><summary>The numbers, as JSON</summary>\n<pre tabindex=\"0\" id=\"numbers\">" + escaped(text) +
          "</pre></details>\n";
  return {"provenance", "Where this comes from", html};
}

std::string report_html(const Material& material) {
  std::vector<Section> sections = {program_section(material), classification_section(material),
                                   phase_section(material)};
  sections.push_back(material.derived != nullptr ? equations_section(shown_equations(*material.derived))
                                                 : no_equations_section(material.no_limit));
  sections.push_back(training_section(material));
  sections.push_back(features_section(material));
  sections.push_back(convergence_section(material));
  sections.push_back(coordinates_section(material));
  sections.push_back(provenance_section(material));
  return page(head(material), sections);
}

}  // namespace tpc::driver::page
