#include "driver/report/classification.h"

#include <algorithm>

#include "base/diag/check.h"
#include "driver/report/json.h"

namespace tpc::driver {

using passes::Classification;
using passes::Faithfulness;
using passes::WeightReport;

namespace {

std::string faithfulness_name(Faithfulness faithfulness) {
  switch (faithfulness) {
    case Faithfulness::faithful: return "faithful";
    case Faithfulness::eps_dominates: return "eps-dominates";
    case Faithfulness::eps_vanishes: return "eps-vanishes";
  }
  internal_error(__FILE__, __LINE__, "no such faithfulness");
}

}  // namespace

std::string role_name(ir::Role role) {
  switch (role) {
    case ir::Role::input: return "input";
    case ir::Role::vector: return "vector";
    case ir::Role::hidden: return "hidden";
    case ir::Role::output: return "output";
    case ir::Role::finite: break;
  }
  return "finite";
}

Json classification_json(const Classification& classification) {
  Json json;
  json["stable"] = classification.stable;
  json["nontrivial"] = classification.nontrivial;
  json["regime"] = std::string(passes::regime_name(classification.regime));
  json["r"] = classification.r ? Json(classification.r->str()) : Json();
  json["initial_function"] = classification.initial_function
                                 ? Json(std::string(passes::initial_function_name(*classification.initial_function)))
                                 : Json();
  json["weights"] = Json::array();
  for (const WeightReport& weight : classification.weights) {
    json["weights"].push_back({{"name", weight.name},
                               {"kind", role_name(weight.role)},
                               {"a", weight.a.str()},
                               {"b", weight.b.str()},
                               {"c", weight.c.str()},
                               {"update_exponent", weight.update_exponent.str()},
                               {"in_kernel", weight.in_kernel ? Json(*weight.in_kernel) : Json()}});
    if (weight.d) json["weights"].back()["d"] = weight.d->str();
  }
  json["output"] = {{"init_exponent", classification.output.initial.str()},
                    {"update_exponent", classification.output.change.str()}};
  json["reasons"] = Json::array();
  for (const passes::Reason& reason : classification.reasons) json["reasons"].push_back(reason.text);
  return json;
}

void add_entrywise_sizes(Json& classification, const std::vector<passes::EntrywiseSizes>& sizes) {
  for (Json& weight : classification["weights"]) {
    const auto own = std::ranges::find(sizes, weight["name"].get<std::string>(), &passes::EntrywiseSizes::weight);
    if (own == sizes.end()) continue;
    weight["alpha"] = own->alpha.str();
    weight["kappa"] = own->kappa ? Json(own->kappa->str()) : Json();
    if (!own->phi) continue;
    weight["phi"] = own->phi->str();
    weight["faithfulness"] = faithfulness_name(*own->faithfulness);
  }
}

}  // namespace tpc::driver
