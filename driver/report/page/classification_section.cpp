#include "driver/report/classification.h"

#include "driver/report/page/sections.h"
#include "driver/words.h"
#include "equations/html.h"

namespace tpc::driver::page {
namespace {

std::string reasons_html(const passes::Classification& classification) {
  std::string text = "<ul>\n";
  for (const passes::Reason& reason : classification.reasons) {
    text += "<li>" + equations::math::html_words(reason.text) + "</li>\n";
  }
  return text + "</ul>\n";
}

std::string effect_words(const std::string& width, const passes::WeightReport& weight, bool entrywise) {
  const std::string effect =
      weight.update_exponent.finite() ? power_words(width, weight.update_exponent) : std::string("none");
  if (!weight.in_kernel.value_or(false)) return effect;
  return effect + (entrywise ? ", moves the output" : ", in the kernel");
}

std::string weights_table(const std::string& width, const passes::Classification& classification) {
  const bool entrywise = passes::is_entrywise(classification);
  std::vector<Column> columns = {{"weight"}, {"kind"}, {"a", true}, {"b", true}, {"c", true}};
  if (entrywise) columns.push_back({"d", true});
  columns.push_back({"its own update changes what it produces by", true});
  std::vector<std::vector<std::string>> rows;
  for (const passes::WeightReport& weight : classification.weights) {
    std::vector<std::string> row = {weight.name, role_name(weight.role), weight.a.str(), weight.b.str(),
                                    weight.c.str()};
    if (entrywise) row.push_back(weight.d ? weight.d->str() : "-");
    row.push_back(effect_words(width, weight, entrywise));
    rows.push_back(std::move(row));
  }
  return table(columns, rows);
}

/// How large weights, updates and gradients are to an entrywise optimizer.
std::string sizes_table(const Material& material) {
  if (material.sizes.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const passes::EntrywiseSizes& weight : material.sizes) {
    rows.push_back({weight.weight, weight.alpha.str(), weight.kappa ? weight.kappa->str() : "-",
                    weight.phi ? weight.phi->str() : "-",
                    weight.faithfulness
                        ? faithfulness_words(*weight.faithfulness, material.classified->program->train->optimizer)
                        : "-"});
  }
  return "<h3>What the optimizer sees</h3>\n" + table({{"weight"},
                                                       {"entries start like n^-alpha", true},
                                                       {"updates like n^-kappa'", true},
                                                       {"gradients like n^phi", true},
                                                       {"to eps"}},
                                                      rows);
}

}  // namespace

Section classification_section(const Material& material) {
  const passes::Classification& classification = *material.classified->classification;
  const std::string& width = material.classified->program->width;
  const passes::ValueExponents& output = classification.output;
  const std::string of_output =
      "The output is of size " + power_words(width, output.initial) + " at initialisation and " +
      (output.change.finite() ? "changes by " + power_words(width, output.change) : std::string("never changes")) + ".";
  return {
      "classification", "Classification",
      "<p><strong>" + escaped(verdict(classification)) + ".</strong> " + equations::math::html_words(of_output) +
          "</p>\n" + reasons_html(classification) +
          "<p>A weight is n<sup>−a</sup> times what is trained; that starts with entries of size n<sup>−b</sup> and "
          "is trained at a rate of size n<sup>−c</sup>.</p>\n" +
          weights_table(width, classification) + sizes_table(material)};
}

}  // namespace tpc::driver::page
