#include "driver/symbolic.h"

#include "equations/symbolic.h"
#include "ir/core/visit.h"

namespace tpc::driver {

std::vector<equations::NamedNumber> name_numbers(sema::Program& program) {
  struct Place {
    double* number;
    const char* symbol;
    std::string of;
  };
  std::vector<Place> places;
  if (program.train) {
    ir::Schedule& rate = ir::descent(program.train->optimizer).learning_rate;
    if (rate.kind == ir::ScheduleKind::constant) places.push_back({&rate.first, "η", ""});
    std::visit(ir::Overloaded{[&](ir::SgdSettings& sgd) {
                                places.push_back({&sgd.momentum, "μ", ""});
                                places.push_back({&sgd.weight_decay, "λ", ""});
                              },
                              [&](ir::EntrywiseSettings& entrywise) {
                                places.push_back({&entrywise.momentum, "μ", ""});
                                places.push_back({&entrywise.coupled_decay, "λ", ""});
                                places.push_back({&entrywise.decoupled_decay, "λ", ""});
                              }},
               program.train->optimizer);
  }
  for (sema::Parameter& parameter : program.parameters) {
    if (parameter.init.kind == ir::InitKind::gaussian) places.push_back({&parameter.init.value, "σ", parameter.name});
  }
  std::erase_if(places, [](const Place& place) { return *place.number == 0.0; });  // switched off
  const std::vector<double> values = equations::distinct_values(places.size());
  std::vector<equations::NamedNumber> names;
  for (size_t i = 0; i < places.size(); ++i) {
    *places[i].number = values[i];
    names.push_back({places[i].symbol, places[i].of, values[i]});
  }
  return names;
}

}  // namespace tpc::driver
